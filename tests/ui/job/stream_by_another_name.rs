use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use osapi_metrics::instrumented_job;

struct Numbers;

impl Stream for Numbers {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(None)
    }
}

#[instrumented_job]
fn numbers() -> Numbers {
    Numbers
}

fn main() {}
