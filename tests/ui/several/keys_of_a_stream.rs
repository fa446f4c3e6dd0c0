use std::{fmt, pin::Pin};

use futures_core::Stream;
use osapi_metrics::instrumented_job;

#[instrumented_job(item_errors)]
fn no_stream() -> Result<(), fmt::Error> {
    Ok(())
}

#[instrumented_job(error_type = |_: &fmt::Error| "other")]
fn errors_that_end_nothing() -> Pin<Box<dyn Stream<Item = Result<(), fmt::Error>>>> {
    unimplemented!()
}

#[instrumented_job(output_size = |items: &u64| *items)]
fn size() -> Pin<Box<dyn Stream<Item = u64>>> {
    unimplemented!()
}

fn main() {}
