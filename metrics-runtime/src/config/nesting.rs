//! How deep the lists and tables of a YAML document are inside each other.
//!
//! The parser of `yaml_serde` takes time for each token in proportion to the brackets that are
//! open, before its own limit of depth counts: 320 KB of brackets take a minute. So another parser,
//! which stops at the limit, goes over the document before.

use saphyr_parser::{Event, Parser};

/// The most lists and tables around each other. No key of a configuration needs ten.
pub(super) const MAX_DEPTH: usize = 64;

/// Checks that no more than [`MAX_DEPTH`] lists and tables are around each other.
///
/// The error is the problem and its place, without any text of the document, which may be secret.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = error.marker();
            at(error.info(), place.line(), place.col())
        })?;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let problem = format!("more than {MAX_DEPTH} lists and tables around each other");
            return Err(at(&problem, span.start.line(), span.start.col()));
        }
    }
    Ok(())
}

/// `column` counts from 0, as that of the parser does.
fn at(problem: &str, line: usize, column: usize) -> String {
    format!("{problem} at line {line} column {}", column + 1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn depth_is_bounded_in_every_style() {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
            let text = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(check(&text(MAX_DEPTH)), Ok(()), "{open}");
            let error = check(&text(MAX_DEPTH + 1)).unwrap_err();
            assert!(
                error.starts_with("more than 64 lists and tables around each other"),
                "{error}"
            );
        }
    }

    #[test]
    fn brackets_in_text_are_no_depth() {
        let brackets = "[{".repeat(1_000);
        for text in [
            format!("a: '{brackets}'"),
            format!("a: \"{brackets}\""),
            format!("a: |\n  {brackets}\nb: 1"),
            format!("# {brackets}\na: 1"),
            format!("a: b{brackets}"),
        ] {
            assert_eq!(check(&text), Ok(()), "{}", &text[..8]);
        }
    }

    /// The whole file that is read at most, in the form that takes the other parser minutes.
    #[test]
    fn deep_documents_are_refused_in_no_time() {
        for text in ["[", "{", "a: {", "- ", "? ", "a: b - '\nc: [", "'[' : ["] {
            let began = Instant::now();
            let error = check(&text.repeat(1024 * 1024 / text.len())).unwrap_err();
            assert!(error.contains(" at line "), "{error}");
            assert!(began.elapsed() < Duration::from_secs(10), "{text}");
        }
    }
}
