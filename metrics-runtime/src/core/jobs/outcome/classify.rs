//! The end of a job from its return value, whatever the type of the value.
//!
//! The macro does not know the type that a function returns: `anyhow::Result<T>` and `Reply<T>`
//! look alike. It calls a method by name on `&&&&&ReturnValue(&value)`, and method lookup takes the
//! first implementation that fits: for errors with a class, for errors with sources, for errors
//! that hold another error, for other errors, for all other values. No trait of a user has the name
//! of the method.

use std::{borrow::Cow, error::Error};

use super::{
    ErrorLabel, ErrorType, JobEnd, JobStatus, ReturnValue,
    error_type::{ByNothing, ByReport, BySources, ByType, Chain},
    fails::Fails,
};
use crate::core::jobs::eval::eval_user_code;

/// The classification of a return value.
pub trait ClassifyOutcome<By> {
    /// The end of the job.
    fn __osapi_outcome(&self) -> JobEnd;
}

/// The return value is not a `Result`.
#[derive(Debug)]
pub struct NoResult;

impl<T, E: ErrorType> ClassifyOutcome<ByType> for &&&&ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        classified(self.0)
    }
}

// Not `'static`: an error that borrows would be taken for an error that does not.
impl<T, E: Error> ClassifyOutcome<BySources> for &&&ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        job_end(self.0, |error| class_in(&Chain(error.source())))
    }
}

impl<T, E> ClassifyOutcome<ByReport> for &&ReturnValue<'_, Result<T, E>>
where
    E: AsRef<dyn Error + Send + Sync>,
{
    fn __osapi_outcome(&self) -> JobEnd {
        job_end(self.0, |error| class_in(&Chain(Some(error.as_ref()))))
    }
}

impl<T, E> ClassifyOutcome<ByNothing> for &ReturnValue<'_, Result<T, E>> {
    fn __osapi_outcome(&self) -> JobEnd {
        job_end(self.0, |_| OTHER)
    }
}

impl<R> ClassifyOutcome<NoResult> for ReturnValue<'_, R> {
    fn __osapi_outcome(&self) -> JobEnd {
        JobEnd::COMPLETED
    }
}

/// The end of a job whose errors a closure classifies.
pub fn classified_by<R: Fails, L: ErrorLabel>(
    returned: &R,
    class: impl FnOnce(&R::Error) -> L,
) -> JobEnd {
    job_end(returned, |error| (class(error).into_error_label(), JobStatus::Failed))
}

/// The end of a job whose errors have a class.
pub(in crate::core::jobs) fn classified<T, E: ErrorType>(returned: &Result<T, E>) -> JobEnd {
    job_end(returned, |error| class_of(error))
}

/// The end of a job with the name that a closure gives to its error.
pub fn named_by<R: Fails, L: ErrorLabel>(
    end: JobEnd,
    returned: &R,
    name: impl FnOnce(&R::Error) -> L,
) -> JobEnd {
    let error_name =
        returned.error().and_then(|error| eval_user_code(|| name(error).into_error_label()));
    JobEnd { error_name, ..end }
}

/// A class, and the status of a job that returns the error.
type Class = (Cow<'static, str>, JobStatus);

/// The class of errors without a class of their own.
const OTHER: Class = (Cow::Borrowed("other"), JobStatus::Failed);

fn job_end<R: Fails>(returned: &R, class: impl FnOnce(&R::Error) -> Class) -> JobEnd {
    match returned.error() {
        None => JobEnd::COMPLETED,
        Some(error) => {
            let (class, status) = eval_user_code(|| class(error)).unwrap_or(OTHER);
            JobEnd::of_error(class, status)
        }
    }
}

fn class_of<E: ErrorType + ?Sized>(error: &E) -> Class {
    (error.error_type().into(), error.job_status())
}

/// The class of the first error in the chain that has one. The chain is searched once.
fn class_in(chain: &Chain<'_>) -> Class {
    chain.ask(class_of).unwrap_or(OTHER)
}
