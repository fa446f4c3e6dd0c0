//! For `#[instrumented_job]`: the handler, the run of a job, and the description of its end. For
//! `derive(ErrorType)`: the class of an error.

pub use crate::core::{
    descriptor::JobDescriptor,
    jobs::{
        AddError, ValueReturn, AnySuccess, ErrorCandidate, InnerError, ErrorRegistration, FutureReturn,
        HasHandler, Handler, InnerErrorClass, NamedHandler, ClassifyOutcome, ResultSuccess, ReturnValue, attempt,
        classified_by, make_future, named_by, output_size, run, run_async, waited,
    },
    registry::JobRegistration,
};
