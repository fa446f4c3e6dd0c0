//! The classes of errors.

mod chains;
mod inside;

use std::{
    borrow::Cow,
    error::Error,
    fmt,
    io::{self, ErrorKind},
};

use osapi_metrics::{ErrorType, LabelValue, instrumented_job};

use super::{Ends, ends};
use crate::read;

/// The number of jobs of this name that returned an error of this class.
pub(super) fn errors(job_name: &str, error_type: &str) -> Option<f64> {
    let labels = [("job_name", job_name), ("error_type", error_type)];
    read().number("osapi_job_errors_total", &labels)
}

#[derive(Debug, ErrorType)]
enum ResizeError {
    NotAnImage,
    #[error_type(rename = "quota")]
    QuotaExceeded {
        #[expect(dead_code, reason = "the class has no data")]
        limit: u64,
    },
    #[error_type(timeout)]
    Deadline,
    #[error_type(rename = "slow_disk", timeout)]
    Disk(#[expect(dead_code, reason = "the class has no data")] u8),
    #[error_type(transparent)]
    Io(io::Error),
    #[error_type(transparent)]
    Boxed {
        source: Box<dyn Error + Send + Sync>,
    },
}

#[instrumented_job(name = "errors.derived")]
fn derived(error: ResizeError) -> Result<(), ResizeError> {
    Err(error)
}

#[test]
fn each_variant_is_a_class() {
    let io = |kind| ResizeError::Io(io::Error::from(kind));
    for error in [
        ResizeError::NotAnImage,
        ResizeError::QuotaExceeded { limit: 5 },
        ResizeError::Deadline,
        ResizeError::Disk(1),
        io(ErrorKind::PermissionDenied),
        io(ErrorKind::TimedOut),
        ResizeError::Boxed { source: Box::new(io::Error::from(ErrorKind::NotFound)) },
        ResizeError::Boxed { source: "no class".into() },
    ] {
        derived(error).unwrap_err();
    }
    let expected = Ends { failed: 5, timed_out: 3, ..Ends::default() };
    assert_eq!(ends("errors.derived"), expected);
    let classes = [
        "not_an_image",
        "quota",
        "deadline",
        "slow_disk",
        "permission",
        "timeout",
        "not_found",
        "other",
    ];
    for class in classes {
        assert_eq!(errors("errors.derived", class), Some(1.0), "{class}");
    }
}

#[instrumented_job(name = "errors.io")]
async fn fail_with(kind: ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

#[tokio::test]
async fn io_errors_are_classed_by_kind() {
    for kind in [
        ErrorKind::NotFound,
        ErrorKind::ConnectionRefused,
        ErrorKind::ConnectionReset,
        ErrorKind::BrokenPipe,
        ErrorKind::TimedOut,
        ErrorKind::UnexpectedEof,
        ErrorKind::WouldBlock,
    ] {
        fail_with(kind).await.unwrap_err();
    }
    assert_eq!(ends("errors.io"), Ends { failed: 6, timed_out: 1, ..Ends::default() });
    for (class, number) in [
        ("not_found", 1.0),
        ("connection", 3.0),
        ("timeout", 1.0),
        ("invalid_data", 1.0),
        ("other", 1.0),
    ] {
        assert_eq!(errors("errors.io", class), Some(number), "{class}");
    }
}

/// An error with a source, as libraries define it.
#[derive(Debug)]
struct Caused(io::Error);

impl fmt::Display for Caused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it did not work")
    }
}

impl Error for Caused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[instrumented_job(name = "errors.boxed")]
fn boxed(kind: Option<ErrorKind>) -> Result<(), Box<dyn Error>> {
    match kind {
        Some(kind) => Err(Caused(kind.into()))?,
        None => Err("just text")?,
    }
    Ok(())
}

#[instrumented_job(name = "errors.boxed_send")]
fn boxed_send() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(Caused(ErrorKind::TimedOut.into()))?;
    Ok(())
}

#[test]
fn boxed_errors_are_classed_by_their_io_cause() {
    boxed(Some(ErrorKind::AlreadyExists)).unwrap_err();
    boxed(None).unwrap_err();
    boxed_send().unwrap_err();
    assert_eq!(ends("errors.boxed"), Ends { failed: 2, ..Ends::default() });
    assert_eq!(errors("errors.boxed", "already_exists"), Some(1.0));
    assert_eq!(errors("errors.boxed", "other"), Some(1.0));
    assert_eq!(ends("errors.boxed_send"), Ends { timed_out: 1, ..Ends::default() });
    assert_eq!(errors("errors.boxed_send", "timeout"), Some(1.0));
}

type Aliased<T> = Result<T, fmt::Error>;

#[instrumented_job(name = "errors.unclassed")]
fn unclassed() -> Aliased<()> {
    Err(fmt::Error)
}

#[instrumented_job(name = "errors.generic")]
fn generic<T, E: fmt::Debug>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[instrumented_job(name = "errors.no_result")]
fn no_result() -> Option<u8> {
    None
}

#[test]
fn any_other_error_is_other() {
    unclassed().unwrap_err();
    assert_eq!(ends("errors.unclassed"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(errors("errors.unclassed", "other"), Some(1.0));

    generic(Ok::<_, fmt::Error>(1)).unwrap();
    generic(Err::<u8, _>(fmt::Error)).unwrap_err();
    assert_eq!(ends("errors.generic"), Ends { completed: 1, failed: 1, ..Ends::default() });

    assert_eq!(no_result(), None);
    assert_eq!(ends("errors.no_result"), Ends { completed: 1, ..Ends::default() });
}

#[derive(Clone, Copy, LabelValue)]
enum Class {
    Theirs,
    Timeout,
}

#[instrumented_job(name = "errors.closure", error_type = |error: &String| error.clone())]
fn closure(error: &str) -> Result<(), String> {
    Err(error.to_owned())
}

#[instrumented_job(
    name = "errors.closure_class",
    error_type = |late: &bool| if *late { Class::Timeout } else { Class::Theirs },
)]
async fn closure_class(late: bool) -> Result<(), bool> {
    Err(late)
}

fn class_of(error: &io::Error) -> Cow<'static, str> {
    Cow::Owned(format!("io_{}", error.kind()))
}

#[instrumented_job(name = "errors.function", error_type = class_of)]
fn classed_by_a_function() -> io::Result<()> {
    Err(ErrorKind::NotFound.into())
}

#[tokio::test]
async fn a_closure_classes_as_it_likes() {
    closure("odd one").unwrap_err();
    closure("timeout").unwrap_err();
    assert_eq!(ends("errors.closure"), Ends { failed: 1, timed_out: 1, ..Ends::default() });
    assert_eq!(errors("errors.closure", "odd one"), Some(1.0));

    closure_class(true).await.unwrap_err();
    closure_class(false).await.unwrap_err();
    assert_eq!(ends("errors.closure_class"), Ends { failed: 1, timed_out: 1, ..Ends::default() });
    assert_eq!(errors("errors.closure_class", "theirs"), Some(1.0));

    classed_by_a_function().unwrap_err();
    assert_eq!(errors("errors.function", "io_entity not found"), Some(1.0));
}

/// A class that is a timeout, whatever the error.
#[derive(Debug, ErrorType)]
enum Late {
    Timeout,
}

#[instrumented_job(name = "errors.class_timeout")]
fn run_out_of_time() -> Result<(), Late> {
    Err(Late::Timeout)
}

#[test]
fn the_class_timeout_says_that_time_ran_out() {
    run_out_of_time().unwrap_err();
    assert_eq!(ends("errors.class_timeout"), Ends { timed_out: 1, ..Ends::default() });
}
