//! One declaration, two wires: a scrape shows exactly what a collector receives.

mod compare;
mod recorded;

use osapi_metrics::{
    Metrics,
    config::{Environment, OtlpTemporality},
};
use osapi_metrics_tests::{
    PROTOCOLS, messages,
    otlp_receiver::OtlpReceiver,
    pushing_to,
    scrape::{Format, scrape},
};

use crate::alone;

#[test]
fn both_wires_show_the_same_over_every_protocol() {
    let _alone = alone();
    let serving =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // Nine runtimes read the same recording at the same time.
    let temporalities =
        [OtlpTemporality::Cumulative, OtlpTemporality::Delta, OtlpTemporality::LowMemory];
    let pushes = temporalities
        .into_iter()
        .flat_map(|temporality| PROTOCOLS.into_iter().map(move |protocol| (protocol, temporality)));
    let runtimes = pushes.map(|(protocol, temporality)| {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = temporality;
        config.resource.insert("deployment.environment".to_owned(), "test".into());
        let metrics = Metrics::builder()
            .service_name("wires")
            .config(config)
            .environment(Environment::default())
            .install()
            .unwrap();
        let address = serving.block_on(metrics.serve()).unwrap();
        (protocol, temporality, receiver, metrics, address)
    });
    let runtimes: Vec<_> = runtimes.collect();
    let _observations = recorded::record();
    // The first collection begins an observed series, and the next collection counts it.
    for (.., metrics, _) in &runtimes {
        metrics.render(osapi_metrics::exposition::Format::Text);
    }

    for (protocol, temporality, receiver, metrics, address) in runtimes {
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        let open_metrics = scrape(address, "/metrics", Format::OpenMetrics);
        let text = scrape(address, "/metrics", Format::Text);

        let families = messages::families(address, "/metrics");

        println!("{protocol:?} {temporality:?}");
        compare::formats(&open_metrics, &text);
        compare::protobuf(&messages::as_scrape(&families), &open_metrics, &text);
        if temporality == OtlpTemporality::Cumulative {
            recorded::check(&export);
            compare::wires(&export, &open_metrics);
        } else {
            // The first difference of what was recorded since the start is the whole.
            compare::differences(&export, &open_metrics);
        }
        metrics.shutdown().unwrap();
    }
}
