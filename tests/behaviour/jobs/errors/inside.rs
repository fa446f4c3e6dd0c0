//! `transparent` variants with errors of any type.

use std::{borrow::Cow, error::Error, fmt, io, num::ParseIntError, sync::Arc};

use osapi_metrics::{ErrorType, JobStatus};

use super::chains::{Failed, StoreError};

/// A handwritten `ErrorType`.
struct Status(u16);

impl ErrorType for Status {
    fn error_type(&self) -> &'static str {
        if self.0 < 500 { "refused" } else { "unavailable" }
    }

    fn job_status(&self) -> JobStatus {
        match self.0 {
            304 => JobStatus::Completed,
            504 => JobStatus::TimedOut,
            _ => JobStatus::Failed,
        }
    }
}

#[derive(ErrorType)]
enum AnyError {
    #[error_type(transparent)]
    Derived(StoreError),
    #[error_type(transparent)]
    Boxed { inside: Box<StoreError> },
    #[error_type(transparent)]
    Shared(Arc<StoreError>),
    #[error_type(transparent)]
    Io(io::Error),
    #[error_type(transparent)]
    Standard(ParseIntError),
    #[error_type(transparent)]
    Unclassed(Failed<StoreError>),
    #[error_type(transparent)]
    Text(fmt::Error),
    #[error_type(transparent)]
    BoxedUnclassed(Box<Failed<io::Error>>),
    #[error_type(transparent)]
    Dyn(Box<dyn Error + Send + Sync>),
    #[error_type(transparent)]
    LocalDyn(Box<dyn Error>),
    #[error_type(transparent)]
    SharedDyn(Arc<dyn Error + Send + Sync>),
    #[error_type(transparent)]
    Anyhow(anyhow::Error),
    #[error_type(transparent)]
    Eyre { report: eyre::Report },
    #[error_type(transparent)]
    ByHand(Status),
    #[error_type(transparent)]
    Again(Box<AnyError>),
}

#[test]
fn a_transparent_error_has_the_class_of_the_error_inside() {
    use AnyError as Any;
    let not_found = || io::Error::from(io::ErrorKind::NotFound);
    let number = "one".parse::<u8>().unwrap_err();
    for (error, expected) in [
        (Any::Derived(StoreError::TooMany), ("quota", false)),
        (Any::Derived(StoreError::Inside(not_found().into())), ("not_found", false)),
        (Any::Boxed { inside: Box::new(StoreError::NoAnswer) }, ("no_answer", true)),
        (Any::Shared(Arc::new(StoreError::NoAnswer)), ("no_answer", true)),
        (Any::Io(not_found()), ("not_found", false)),
        (Any::Io(io::Error::other(StoreError::NoAnswer)), ("no_answer", true)),
        (Any::Standard(number), ("invalid_data", false)),
        (Any::Unclassed(Failed(StoreError::NoAnswer)), ("no_answer", true)),
        (Any::Text(fmt::Error), ("other", false)),
        (Any::BoxedUnclassed(Box::new(Failed(not_found()))), ("not_found", false)),
        (Any::Dyn(StoreError::NoAnswer.into()), ("no_answer", true)),
        (Any::LocalDyn(StoreError::NoAnswer.into()), ("no_answer", true)),
        (Any::SharedDyn(Arc::new(StoreError::NoAnswer)), ("no_answer", true)),
        (Any::Anyhow(anyhow::Error::new(StoreError::NoAnswer)), ("no_answer", true)),
        (Any::Anyhow(anyhow::anyhow!("just text")), ("other", false)),
        (Any::Eyre { report: eyre::Report::new(StoreError::NoAnswer) }, ("no_answer", true)),
        (Any::ByHand(Status(404)), ("refused", false)),
        (Any::ByHand(Status(504)), ("unavailable", true)),
        (Any::Again(Box::new(Any::ByHand(Status(504)))), ("unavailable", true)),
    ] {
        assert_eq!((error.error_type(), error.job_status() == JobStatus::TimedOut), expected);
    }
    let unchanged = Any::Again(Box::new(Any::ByHand(Status(304))));
    assert_eq!(unchanged.job_status(), JobStatus::Completed);
}

/// A generic error that borrows.
#[derive(Debug, ErrorType)]
enum AnyOf<'a, E, S>
where
    E: ErrorType,
    S: Error,
{
    #[expect(dead_code, reason = "the class has no data")]
    NoSuchKey(Cow<'a, str>),
    #[error_type(transparent)]
    Classed(&'a E),
    #[error_type(transparent)]
    Unclassed(S),
}

impl<E: ErrorType, S: Error> fmt::Display for AnyOf<'_, E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it did not work")
    }
}

impl<E: ErrorType + fmt::Debug, S: Error> Error for AnyOf<'_, E, S> {}

#[test]
fn a_generic_error_asks_what_its_bounds_allow() {
    type Any<'a> = AnyOf<'a, StoreError, Failed<StoreError>>;
    let key = "key".to_owned();
    assert_eq!(Any::NoSuchKey(Cow::Borrowed(&key)).error_type(), "no_such_key");
    assert_eq!(Any::Unclassed(Failed(StoreError::TooMany)).error_type(), "quota");
    let classed = StoreError::NoAnswer;
    assert_eq!(Any::Classed(&classed).job_status(), JobStatus::TimedOut);
}
