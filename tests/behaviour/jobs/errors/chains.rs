//! Errors of unknown type: the first error with a class in the chain of sources decides.

use std::{
    env::VarError,
    error::Error,
    fmt, io,
    num::ParseIntError,
    sync::{Arc, LazyLock, mpsc},
    time::Duration,
};

use osapi_metrics::{ErrorType, JobStatus, instrumented_job};
use thiserror::Error;

use super::{Ends, ends, errors};

type BoxError = Box<dyn Error + Send + Sync>;

#[derive(Debug, Error, ErrorType)]
pub(super) enum StoreError {
    #[error("too many images")]
    #[error_type(rename = "quota")]
    TooMany,
    #[error("no answer")]
    #[error_type(timeout)]
    NoAnswer,
    #[error("no connection")]
    #[error_type(transparent)]
    Inside(#[source] BoxError),
}

/// An error without a class that has a source.
#[derive(Debug, Error)]
#[error("it did not work")]
pub(super) struct Failed<E: Error + 'static>(#[source] pub(super) E);

/// An error with a source of unknown type.
#[derive(Debug, Error)]
#[error("it did not work")]
struct Around(#[source] BoxError);

fn boxed(error: impl Into<BoxError>) -> BoxError {
    error.into()
}

/// The class of an error, and whether the error is a timeout.
fn class(error: impl Into<BoxError>) -> (&'static str, bool) {
    let error = boxed(error);
    let found = (error.error_type(), error.job_status() == JobStatus::TimedOut);
    let error: Box<dyn Error> = error;
    assert_eq!((error.error_type(), error.job_status() == JobStatus::TimedOut), found);
    found
}

#[instrumented_job(name = "errors.anyhow")]
fn report(error: anyhow::Error) -> anyhow::Result<()> {
    Err(error)
}

#[test]
fn a_report_is_classed_by_the_first_class_in_its_chain() {
    let context = |error| anyhow::Error::new(error).context("while the image was resized");
    for error in [
        context(StoreError::TooMany),
        context(StoreError::TooMany).context("again"),
        context(StoreError::NoAnswer),
        anyhow::Error::new(Failed(io::Error::from(io::ErrorKind::NotFound))),
        anyhow::Error::new(Failed(Failed(StoreError::TooMany))),
        anyhow::anyhow!("just text"),
        anyhow::anyhow!("just text").context("with more"),
    ] {
        report(error).unwrap_err();
    }
    assert_eq!(ends("errors.anyhow"), Ends { failed: 6, timed_out: 1, ..Ends::default() });
    for (class, number) in [("quota", 3.0), ("no_answer", 1.0), ("not_found", 1.0), ("other", 2.0)]
    {
        assert_eq!(errors("errors.anyhow", class), Some(number), "{class}");
    }
}

#[instrumented_job(name = "errors.eyre")]
async fn eyre_report(error: StoreError) -> eyre::Result<()> {
    Err(error).map_err(|error| eyre::Report::new(error).wrap_err("while the image was resized"))
}

#[tokio::test]
async fn a_report_of_eyre_is_classed_as_one_of_anyhow() {
    assert!(eyre_report(StoreError::TooMany).await.is_err());
    assert!(eyre_report(StoreError::NoAnswer).await.is_err());
    assert_eq!(ends("errors.eyre"), Ends { failed: 1, timed_out: 1, ..Ends::default() });
    assert_eq!(errors("errors.eyre", "quota"), Some(1.0));
}

#[instrumented_job(name = "errors.with_sources")]
fn with_sources<E: Error + 'static>(error: E) -> Result<(), Failed<E>> {
    Err(Failed(error))
}

#[instrumented_job(name = "errors.generic_error")]
fn generic<E: Error>(error: E) -> Result<(), E> {
    Err(error)
}

#[test]
fn an_error_without_a_class_has_the_class_of_its_sources() {
    with_sources(StoreError::TooMany).unwrap_err();
    with_sources(StoreError::NoAnswer).unwrap_err();
    with_sources(fmt::Error).unwrap_err();
    generic(Failed(StoreError::TooMany)).unwrap_err();
    assert_eq!(ends("errors.with_sources"), Ends { failed: 2, timed_out: 1, ..Ends::default() });
    assert_eq!(errors("errors.with_sources", "quota"), Some(1.0));
    assert_eq!(errors("errors.with_sources", "other"), Some(1.0));
    assert_eq!(errors("errors.generic_error", "quota"), Some(1.0));
}

/// An error that borrows its description.
#[derive(Debug)]
struct Unreadable<'a> {
    line: &'a str,
    source: ParseIntError,
}

impl fmt::Display for Unreadable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be read", self.line)
    }
}

impl Error for Unreadable<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[instrumented_job(name = "errors.borrowed")]
fn borrowed(line: &str) -> Result<u8, Unreadable<'_>> {
    line.parse().map_err(|source| Unreadable { line, source })
}

#[instrumented_job(name = "errors.borrowed_dyn")]
fn borrowed_dyn<'a>(error: &'a Unreadable<'_>) -> Result<(), &'a dyn Error> {
    Err(error)
}

#[test]
fn an_error_that_borrows_has_the_class_of_its_sources() {
    let line = "one".to_owned();
    let error = borrowed(&line).unwrap_err();
    borrowed_dyn(&error).unwrap_err();
    assert_eq!(errors("errors.borrowed", "invalid_data"), Some(1.0));
    assert_eq!(errors("errors.borrowed_dyn", "invalid_data"), Some(1.0));
}

#[test]
fn an_io_error_that_says_nothing_is_classed_by_what_it_wraps() {
    let wrapped = |kind, error: BoxError| {
        let error = io::Error::new(kind, error);
        (error.error_type(), error.job_status() == JobStatus::TimedOut)
    };
    let other = io::ErrorKind::Other;
    assert_eq!(wrapped(other, boxed(StoreError::TooMany)), ("quota", false));
    assert_eq!(wrapped(other, boxed(StoreError::NoAnswer)), ("no_answer", true));
    assert_eq!(wrapped(other, boxed(Failed(StoreError::TooMany))), ("quota", false));
    assert_eq!(wrapped(other, boxed(io::Error::other(StoreError::TooMany))), ("quota", false));
    assert_eq!(wrapped(other, boxed("just text")), ("other", false));
    assert_eq!(wrapped(io::ErrorKind::WouldBlock, boxed(StoreError::TooMany)), ("quota", false));
    assert_eq!(wrapped(io::ErrorKind::NotFound, boxed(StoreError::NoAnswer)), ("not_found", false));
    assert_eq!(wrapped(io::ErrorKind::TimedOut, boxed(StoreError::TooMany)), ("timeout", true));

    assert_eq!(class(Failed(io::Error::other(StoreError::NoAnswer))), ("no_answer", true));
}

#[test]
fn errors_of_the_standard_library_say_what_was_wrong_with_the_input() {
    let not_text = vec![0xff];
    for error in [
        boxed("one".parse::<u8>().unwrap_err()),
        boxed("one".parse::<f64>().unwrap_err()),
        boxed("one".parse::<bool>().unwrap_err()),
        boxed("one".parse::<char>().unwrap_err()),
        boxed("one".parse::<std::net::IpAddr>().unwrap_err()),
        boxed(u8::try_from(256).unwrap_err()),
        boxed(<[u8; 2]>::try_from(&[1][..]).unwrap_err()),
        boxed(char::try_from(0xd800_u32).unwrap_err()),
        boxed(str::from_utf8(&not_text).unwrap_err()),
        boxed(String::from_utf8(not_text.clone()).unwrap_err()),
        boxed(String::from_utf16(&[0xd800]).unwrap_err()),
        boxed(std::ffi::CString::new("\0").unwrap_err()),
        boxed(Duration::try_from_secs_f64(-1.0).unwrap_err()),
        boxed(VarError::NotUnicode("not text".into())),
    ] {
        let text = format!("{error:?}");
        assert_eq!(class(Failed(io::Error::other(error))), ("invalid_data", false), "{text}");
    }
    let (_sender, receiver) = mpsc::channel::<()>();
    let late = receiver.recv_timeout(Duration::ZERO).unwrap_err();
    assert_eq!(class(late), ("timeout", true));
    assert_eq!(class(mpsc::RecvTimeoutError::Disconnected), ("other", false));
    assert_eq!(class(VarError::NotPresent), ("not_found", false));
    let huge = Vec::<u8>::new().try_reserve(usize::MAX).unwrap_err();
    assert_eq!(class(huge), ("out_of_memory", false));
}

#[instrumented_job(name = "errors.elapsed")]
async fn late() -> Result<(), tokio::time::error::Elapsed> {
    tokio::time::timeout(Duration::ZERO, std::future::pending()).await
}

#[tokio::test]
async fn time_that_ran_out_in_tokio_is_a_timeout() {
    let elapsed = late().await.unwrap_err();
    assert_eq!(ends("errors.elapsed"), Ends { timed_out: 1, ..Ends::default() });
    assert_eq!(class(Failed(elapsed)), ("timeout", true));
}

#[test]
fn boxes_do_not_hide_a_class() {
    assert_eq!(class(Box::new(StoreError::TooMany)), ("quota", false));
    assert_eq!(class(Arc::new(StoreError::NoAnswer)), ("no_answer", true));
    assert_eq!(class(Failed(Arc::new(StoreError::TooMany))), ("quota", false));
    assert_eq!(class(Arc::new(io::Error::other(StoreError::TooMany))), ("quota", false));
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(StoreError::TooMany);
    assert_eq!(shared.error_type(), "quota");
    assert_eq!(class(shared), ("quota", false));
    let sent: Box<dyn Error + Send> = Box::new(StoreError::NoAnswer);
    assert_eq!((sent.error_type(), sent.job_status() == JobStatus::TimedOut), ("no_answer", true));
}

/// An error whose source is itself.
#[derive(Debug)]
struct Circle;

impl Error for Circle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

/// An error whose source contains the error again.
#[derive(Debug)]
struct WiderCircle;

impl Error for WiderCircle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        static AROUND: LazyLock<StoreError> =
            LazyLock::new(|| StoreError::Inside(WiderCircle.into()));
        Some(&*AROUND)
    }
}

#[test]
fn a_circle_of_errors_is_other() {
    assert_eq!(class(Circle), ("other", false));
    assert_eq!(class(WiderCircle), ("other", false));
    assert_eq!(class(StoreError::Inside(WiderCircle.into())), ("other", false));
    assert_eq!(class(io::Error::other(WiderCircle)), ("other", false));
}

#[test]
fn errors_are_looked_at_up_to_the_64th() {
    let around = |times, wrap: fn(BoxError) -> BoxError| {
        class((0..times).fold(boxed(StoreError::NoAnswer), |error, _| wrap(error)))
    };
    for wrap in [
        |error| boxed(Around(error)),
        |error| boxed(StoreError::Inside(error)),
        |error| boxed(io::Error::other(error)),
    ] {
        assert_eq!(around(63, wrap), ("no_answer", true));
        assert_eq!(around(64, wrap), ("other", false));
        assert_eq!(around(10_000, wrap), ("other", false));
    }
}

/// An error whose methods panic.
#[derive(Debug)]
struct Faulty;

impl Error for Faulty {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("for the test")
    }
}

#[instrumented_job(name = "errors.faulty")]
fn faulty() -> Result<(), Faulty> {
    Err(Faulty)
}

#[test]
fn an_error_that_panics_leaves_nothing_behind() {
    faulty().unwrap_err();
    assert_eq!(ends("errors.faulty"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(errors("errors.faulty", "other"), Some(1.0));
    for _ in 0..64 {
        std::panic::catch_unwind(|| class(Faulty)).unwrap_err();
    }
    assert_eq!(class(StoreError::TooMany), ("quota", false));
}

macro_rules! display {
    ($($error:ident)*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("it did not work")
            }
        }
    )*};
}
display! { Circle WiderCircle Faulty }
