use std::{
    io::{self, Write},
    time::Duration,
};

use super::print::text;
use crate::{
    collection::Collector,
    periodic::{DueGroups, Occasion, PeriodicThread, PreparedThread, TaskError},
};

/// Prepares the thread that prints.
pub(crate) fn prepare(interval: Duration) -> io::Result<PreparedPrinter> {
    let thread = PreparedThread::spawn("osapi-console")?;
    Ok(PreparedPrinter { thread, interval })
}

/// A printer that is ready to start. Dropping it ends its thread.
#[derive(Debug)]
pub(crate) struct PreparedPrinter {
    thread: PreparedThread,
    interval: Duration,
}

/// The runtime's handle on a printer that runs.
#[derive(Debug)]
pub(crate) struct ConsolePrinter(PeriodicThread);

impl PreparedPrinter {
    /// Starts the printer, which ends with a shutdown.
    pub(crate) fn start(self, mut collector: Collector) -> ConsolePrinter {
        let print = move |_, _: DueGroups<'_>| {
            let text = {
                let collecting = Collector::begin()?;
                text(collector.collect(&collecting)?)
            };
            // Written at once, so that the lines of other threads are not among it.
            let mut output = io::stdout().lock();
            output.write_all(text.as_bytes())?;
            Ok(output.flush()?)
        };
        ConsolePrinter(self.thread.start(vec![self.interval], print))
    }
}

impl ConsolePrinter {
    /// Prints once more, runs `meanwhile`, and waits for the output.
    pub(crate) fn print<T>(
        &self,
        occasion: Occasion,
        meanwhile: impl FnOnce() -> T,
    ) -> (Result<(), TaskError>, T) {
        let reply = self.0.request(occasion);
        let other = meanwhile();
        (reply.wait(), other)
    }
}
