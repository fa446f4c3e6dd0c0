/// The most lines of an exposition.
pub const MAX_LINES: usize = 10_000_000;

/// A line that is not an exposition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
#[non_exhaustive]
pub struct ExpositionError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a line. Texts are quoted by their beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// No name begins here.
    #[error("a name is expected, and the line goes on with `{0}`")]
    NoName(String),
    /// A name stands before the braces and in them, or two names stand in them.
    #[error("the sample has a second name, `{0}`")]
    SecondName(String),
    /// A key without `=`.
    #[error("the label `{0}` has no `=`")]
    NoEquals(String),
    /// A value that is not in quotation marks.
    #[error("the value of the label `{0}` is not in quotation marks")]
    NotQuoted(String),
    /// A text without its end.
    #[error("the quotation mark before `{0}` is not closed in its line")]
    NotClosed(String),
    /// Neither `,` nor `}` behind a label.
    #[error("`,` or `}}` is expected, and the line goes on with `{0}`")]
    NoComma(String),
    /// A key that stands twice in one sample.
    #[error("the label `{0}` stands twice")]
    RepeatedLabel(String),
    /// A value that is not a number.
    #[error("the value `{0}` is not a number")]
    NotANumber(String),
    /// A time that is not a number.
    #[error("the timestamp `{0}` is not a number")]
    NotATime(String),
    /// More behind a sample.
    #[error("the sample ends before `{0}`")]
    Trailing(String),
    /// A type that no format has.
    #[error("`{0}` is not a type of metrics")]
    UnknownType(String),
    /// A line behind `# EOF`.
    #[error("there is a line behind `# EOF`")]
    AfterEnd,
    /// No `# EOF`, which ends each exposition of `OpenMetrics`.
    #[error("the exposition breaks off: there is no `# EOF`")]
    NoEnd,
    /// Too many lines.
    #[error("there are more than {MAX_LINES} lines")]
    TooManyLines,
}
