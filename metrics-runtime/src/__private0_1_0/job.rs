//! For `#[instrumented_job]`: the handler, the run of a job, and the description of its end. For
//! `derive(ErrorType)`: the class of an error.

pub use crate::core::{
    descriptor::JobDescriptor,
    jobs::{
        AddError, AnySuccess, ClassifyOutcome, ErrorCandidate, ErrorRegistration, FutureReturn,
        HasHandler, InnerError, InnerErrorClass, JobReport, NamedHandler, ResultSuccess,
        ReturnValue, SetHandler, StreamReturn, ValueReturn, attempt, cancelled_if, classified_by,
        make_future, make_stream, named_by, ok_if, output_size, run, run_async, run_stream, waited,
    },
    registry::JobRegistration,
};
