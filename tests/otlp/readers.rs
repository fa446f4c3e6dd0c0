//! A reader of the user beside a push: neither waits for the other.

use std::{
    sync::{
        Weak,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{InstrumentKind, Pipeline, Temporality, data::ResourceMetrics, reader::MetricReader},
};
use osapi_metrics::{Metrics, config::Environment};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::beside_others;

/// Reports each flush.
#[derive(Debug)]
struct ReportingReader(Sender<()>);

impl ReportingReader {
    fn new() -> (Self, Receiver<()>) {
        let (flushed, arrivals) = channel();
        (Self(flushed), arrivals)
    }
}

impl MetricReader for ReportingReader {
    fn register_pipeline(&self, _: Weak<Pipeline>) {}

    fn collect(&self, _: &mut ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        // Fails when the test has ended.
        let _ = self.0.send(());
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self, _: InstrumentKind) -> Temporality {
        Temporality::Cumulative
    }
}

#[test]
fn a_reader_is_flushed_while_a_collector_hangs() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Hang);
        let (reader, arrivals) = ReportingReader::new();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.timeout = Duration::from_secs(3600);
        let builder = Metrics::builder().config(config).environment(Environment::default());
        let metrics = builder.reader(reader).install().unwrap();
        thread::scope(|scope| {
            let shutdown = scope.spawn(|| metrics.shutdown_within(Duration::from_secs(60)));
            receiver.await_tries(1);
            arrivals.recv().unwrap();
            assert!(!shutdown.is_finished(), "{protocol:?}: the export must still hang");
            // The end of the connection ends the export.
            drop(receiver);
            shutdown.join().unwrap().unwrap_err();
        });
    });
}
