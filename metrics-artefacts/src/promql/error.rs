use super::{
    limits::{MAX_BYTES, MAX_DEPTH, MAX_OPERATORS, MAX_POWERS},
    tracker::Unbalanced,
};

/// A text that is not PromQL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SyntaxError {
    #[error("the query has more than {} KiB, the most that is read", MAX_BYTES / 1024)]
    TooLong,
    #[error("the query has more than {MAX_DEPTH} brackets around each other")]
    TooDeep,
    #[error(
        "the query has more than {MAX_OPERATORS} operators, or more than {MAX_POWERS} times `^`"
    )]
    TooManyOperators,
    #[error("`{text}` is not a duration; write it as in `5m`")]
    Duration { text: String },
    #[error("`{bracket}` in line {line}, column {column} of the query closes nothing")]
    Closing { bracket: char, line: usize, column: usize },
    #[error("`{bracket}` is not closed")]
    Open { bracket: char },
    #[error("{message}: `{query}`")]
    Parser { message: String, query: String },
}

impl SyntaxError {
    /// A bracket that does not fit, behind the text before it.
    pub(super) fn unbalanced(unbalanced: Unbalanced, before: &str) -> Self {
        match unbalanced {
            Unbalanced::Closing(bracket) => {
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
                Self::Closing { bracket, line, column }
            }
            Unbalanced::Open(bracket) | Unbalanced::Quote(bracket) => Self::Open { bracket },
        }
    }
}
