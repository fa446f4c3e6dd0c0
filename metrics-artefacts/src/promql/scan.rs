use super::{
    error::SyntaxError,
    limits::{MAX_BYTES, MAX_DEPTH, MAX_OPERATORS, MAX_POWERS},
    tracker::{Bracket, Region, Tracker},
};

/// The longest number in a duration. The parser panics on numbers that no duration holds.
const MAX_DURATION_DIGITS: usize = 12;

const OPERATOR_WORDS: [&str; 4] = ["and", "atan2", "or", "unless"];

/// Refuses what the parser cannot read within its stack, and brackets that do not fit.
pub(super) fn check(text: &str) -> Result<(), SyntaxError> {
    if text.len() > MAX_BYTES {
        return Err(SyntaxError::TooLong);
    }
    let mut tracker = Tracker::new();
    let (mut operators, mut powers) = (0, 0);
    // Where the word or number before the next character begins.
    let mut begin = 0;
    let mut previous = "";
    for (offset, character) in text.char_indices() {
        let bracket = tracker.bracket();
        let region = tracker
            .pass(character)
            .map_err(|unbalanced| SyntaxError::unbalanced(unbalanced, &text[..offset]))?;
        if tracker.depth() > MAX_DEPTH {
            return Err(SyntaxError::TooDeep);
        }
        if character.is_alphanumeric() || "_.:".contains(character) {
            continue;
        }
        let word = &text[begin..offset];
        begin = offset + character.len_utf8();
        if region == Region::Code {
            if bracket == Some(Bracket::Range) || previous.eq_ignore_ascii_case("offset") {
                check_duration(word)?;
            }
            previous = if word.is_empty() { previous } else { word };
        }
        if region == Region::Code && bracket != Some(Bracket::Matchers) {
            let is_word = OPERATOR_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
            operators += usize::from(is_word);
            powers += usize::from(character == '^');
            operators += usize::from("+-*/%^<>=!".contains(character));
        }
        if operators > MAX_OPERATORS || powers > MAX_POWERS {
            return Err(SyntaxError::TooManyOperators);
        }
    }
    if previous.eq_ignore_ascii_case("offset") {
        check_duration(&text[begin..])?;
    }
    tracker.finish().map_err(|unbalanced| SyntaxError::unbalanced(unbalanced, text))
}

/// Refuses a number that no duration holds.
fn check_duration(text: &str) -> Result<(), SyntaxError> {
    for number in text.split(':') {
        let is_exponential = number.contains(['e', 'E', 'x', 'X']);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        if is_exponential || digits > MAX_DURATION_DIGITS {
            return Err(SyntaxError::Duration { text: text.chars().take(60).collect() });
        }
    }
    Ok(())
}
