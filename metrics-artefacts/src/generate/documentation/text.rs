//! Texts of other people as Markdown: whatever they have, they are text.

/// The longest text of an entry of the contents.
const SHORT: usize = 160;

/// A text in one line. Words between backticks are code; anything else that Markdown or HTML would
/// read as more than text is escaped.
pub(super) fn text(text: &str) -> String {
    let line = line(text);
    let mut escaped = String::new();
    let mut rest = line.as_str();
    while let Some(start) = rest.find('`') {
        push_escaped(&mut escaped, &rest[..start]);
        let ticks = rest[start..].chars().take_while(|&c| c == '`').count();
        let inner = &rest[start + ticks..];
        match closing(inner, ticks) {
            Some(end) => {
                escaped.push_str(&code(&inner[..end]));
                rest = &inner[end + ticks..];
            }
            None => {
                escaped.push_str(&"\\`".repeat(ticks));
                rest = inner;
            }
        }
    }
    push_escaped(&mut escaped, rest);
    begin_as_text(escaped)
}

/// A text in one line, all of which is text, also what stands between backticks.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::new();
    push_escaped(&mut escaped, &line(text));
    begin_as_text(escaped)
}

/// The first sentence of a text, in one line.
pub(super) fn summary(description: &str) -> String {
    let line = line(description);
    let sentence = line.find(". ").map_or(line.as_str(), |end| &line[..end]);
    let sentence = sentence.trim_end_matches('.');
    if sentence.chars().count() <= SHORT {
        return text(sentence);
    }
    let short: String = sentence.chars().take(SHORT).collect();
    let whole_words = short.rfind(' ').map_or(short.as_str(), |end| &short[..end]);
    text(&format!("{whole_words} …"))
}

/// A text as code, in one line. What has a `|` is text, so that it can stand in a table.
pub(super) fn code(text: &str) -> String {
    let line = line(text);
    if line.contains('|') {
        let mut escaped = String::new();
        push_escaped(&mut escaped, &line.replace('`', "'"));
        return escaped;
    }
    if line.is_empty() {
        return "(empty)".to_owned();
    }
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

/// A link to an address, or the address as code if a browser would not open it as a page.
pub(super) fn address(url: &str) -> String {
    let is_page = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!&'()+,;=%".contains(c);
    if is_page && url.chars().all(is_plain) { format!("<{url}>") } else { code(url) }
}

/// The text for a comment of HTML, in one line, which does not end the comment.
pub(super) fn comment(text: &str) -> String {
    line(text).replace("->", "-&gt;")
}

/// A text without ends of lines, control characters and marks that reverse the order of letters.
pub(super) fn line(text: &str) -> String {
    let blank = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Where a run of exactly this many backticks begins.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(start) = text[from..].find('`') {
        let start = from + start;
        let found = text[start..].chars().take_while(|&c| c == '`').count();
        if found == ticks {
            return Some(start);
        }
        from = start + found;
    }
    None
}

fn push_escaped(into: &mut String, text: &str) {
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // Between letters it emphasises nothing.
            '_' if before.is_alphanumeric()
                && characters.peek().is_some_and(|next| next.is_alphanumeric()) =>
            {
                into.push('_');
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '&' => {
                into.push('\\');
                into.push(character);
            }
            // A reader of tables or of mathematics looks for them before escapes are read.
            '|' => into.push_str("&#124;"),
            '$' => into.push_str("&#36;"),
            _ => into.push(character),
        }
        before = character;
    }
}

/// Escapes what would make a paragraph a heading or a list.
fn begin_as_text(text: String) -> String {
    if text.starts_with(['#', '+', '-', '=']) {
        return format!("\\{text}");
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        let (number, rest) = text.split_at(digits);
        return format!("{number}\\{rest}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_code_is_text() {
        for (written, expected) in [
            (
                "Jobs of `#[instrumented_job]`, by status.",
                "Jobs of `#[instrumented_job]`, by status.",
            ),
            ("a | b", "a &#124; b"),
            ("`a | b`", "a &#124; b"),
            ("costs $5 and $6", "costs &#36;5 and &#36;6"),
            ("<script>x</script>", "\\<script\\>x\\</script\\>"),
            ("[a](javascript:b)", "\\[a\\](javascript:b)"),
            ("a ` b", "a \\` b"),
            ("``a ` b``", "``a ` b``"),
            ("snake_case and _this_", "snake_case and \\_this\\_"),
            ("# no heading\n\n* nor *list*", "\\# no heading \\* nor \\*list\\*"),
            ("1. of one", "1\\. of one"),
            ("R&amp;D", "R\\&amp;D"),
            ("\u{202e}a\u{0}b\r\nc", "a b c"),
        ] {
            assert_eq!(text(written), expected, "{written}");
        }
    }

    #[test]
    fn a_summary_is_a_sentence_of_bounded_length() {
        assert_eq!(summary("Orders paid. With cards."), "Orders paid");
        let long = summary(&"word ".repeat(2000));
        assert!(long.ends_with("word …") && long.chars().count() <= SHORT + 2, "{long}");
    }

    #[test]
    fn only_pages_are_links() {
        assert_eq!(address("https://example.org/a?b=c#d"), "<https://example.org/a?b=c#d>");
        assert_eq!(address("javascript:alert(1)"), "`javascript:alert(1)`");
        assert_eq!(address("https://a/> <b>"), "`https://a/> <b>`");
    }
}
