/// The message of the JSON parser, with a text that it repeats between backticks: in an answer in
/// JSON, its quotes would be escaped again.
///
/// ```
/// use job_queue::job::plain_cause;
///
/// let error = serde_json::from_str::<u32>(r#""61m""#).unwrap_err();
/// assert!(plain_cause(&error).starts_with("invalid type: string `61m`, expected u32"));
/// ```
pub fn plain_cause(error: &serde_json::Error) -> String {
    const BEGIN: &str = "string \"";
    let message = error.to_string();
    let Some(begin) = message.find(BEGIN) else { return message };
    let literal = &message[begin + BEGIN.len() - 1..];
    // The text is written as Rust writes it, which ends at the first quote without a backslash.
    let mut is_escaped = false;
    let end = literal.char_indices().skip(1).find(|&(_, character)| {
        let is_end = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end
    });
    let Some((end, _)) = end else { return message };
    let (literal, rest) = literal.split_at(end + 1);
    let inner = &literal[1..end];
    let text = serde_json::from_str(literal).unwrap_or_else(|_| inner.to_owned());
    format!("{}string `{text}`{rest}", &message[..begin])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_shown_plainly() {
        for (text, shown) in [
            (r#""61m""#, "string `61m`, expected"),
            (r#""a \"b\" c""#, "string `a \"b\" c`, expected"),
            (r#""back\\""#, "string `back\\`, expected"),
            (r#""""#, "string ``, expected"),
            (r#""\u00e9""#, "string `\u{e9}`, expected"),
            ("true", "invalid type: boolean `true`, expected"),
        ] {
            let error = serde_json::from_str::<u32>(text).unwrap_err();
            let plain = plain_cause(&error);
            assert!(plain.contains(shown), "{text}: {plain}");
        }
    }
}
