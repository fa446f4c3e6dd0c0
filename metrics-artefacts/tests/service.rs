//! A service with a real endpoint, verified with the catalogue that it serves. A program of its
//! own, because a catalogue has what the whole program declares.

use std::process::Command;

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, Metrics, config::MetricsConfig,
    instrumented_job,
};

/// What a run of the program left.
struct Run {
    status: Option<i32>,
    output: String,
    error: String,
}

fn osapi_metrics(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_osapi-metrics"));
    let output = command.args(arguments).output().unwrap();
    Run {
        status: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

#[derive(Clone, Copy, LabelValue)]
enum Payment {
    Card,
    Cash,
}

#[derive(LabelSet)]
struct PaymentLabels {
    payment: Payment,
}

/// What happens at the till.
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct TillMetrics {
    /// Payments taken.
    #[metric(name = "shop_till_payments_total", unit = "{payment}")]
    payments: Counter<PaymentLabels>,
    /// Time to take a payment.
    #[metric(name = "shop_till_payment_duration_seconds", unit = "s", buckets = [0.1, 1])]
    duration: Histogram,
    /// Payments given back.
    #[metric(name = "shop_till_refunds_total", unit = "{payment}")]
    refunds: Counter,
}

#[instrumented_job(name = "till.close")]
async fn close() -> Result<(), std::io::Error> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_verified_with_the_catalogue_that_it_serves() {
    let mut config = MetricsConfig::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (token, other) = (folder.path().join("token"), folder.path().join("other"));
    std::fs::write(&token, "hunter2\n").unwrap();
    std::fs::write(&other, "hunter3\n").unwrap();
    config.bearer_token_file = Some(token.clone());
    let metrics = Metrics::builder().config(config).enabled(true).install().unwrap();
    let address = metrics.serve().await.unwrap();
    let (endpoint, catalogue) =
        (format!("http://{address}/metrics"), format!("http://{address}/metrics/catalogue"));
    let run = async |further: Vec<String>| {
        let (endpoint, catalogue) = (endpoint.clone(), catalogue.clone());
        let run = tokio::task::spawn_blocking(move || {
            let mut arguments = vec!["verify", &endpoint, "--catalogue", &catalogue];
            arguments.extend(further.iter().map(String::as_str));
            osapi_metrics(&arguments)
        });
        run.await.unwrap()
    };
    let with_token = |file: &std::path::Path| format!("--bearer-token-file={}", file.display());
    let verify = async |further: &'static [&'static str]| {
        let further = further.iter().map(|&argument| argument.to_owned());
        run(further.chain([with_token(&token)]).collect()).await
    };

    // The catalogue asks for the token too.
    for arguments in [vec![], vec![with_token(&other)]] {
        let run = run(arguments).await;
        assert_eq!(run.status, Some(2), "{}", run.output);
        assert!(run.error.contains("/metrics/catalogue: the answer has the status 401"));
        assert!(!run.error.contains("hunter"), "{}", run.error);
    }

    let run = verify(&[]).await;
    assert_eq!(run.status, Some(1), "{}", run.output);
    assert!(run.output.starts_with("verify: no declared metric was recorded;"), "{}", run.output);

    let till = TillMetrics::global();
    till.payments.with(PaymentLabels { payment: Payment::Card }).inc();
    till.duration.record(0.3);
    close().await.unwrap();
    let gates = &["--coverage", "100", "--value-coverage", "100", "--exclude", "osapi_.*"];
    let run = verify(gates).await;
    assert!(
        run.output.contains("shop_till_payments_total  never with payment: `cash`"),
        "{}",
        run.output
    );
    assert!(run.output.contains("shop_till_refunds_total   never recorded"), "{}", run.output);
    assert!(
        run.output.contains("coverage: 2 of 3 metrics (66.6 %), 1 of 2 closed values (50.0 %)")
    );
    assert_eq!(run.status, Some(1));

    till.payments.with(PaymentLabels { payment: Payment::Cash }).inc();
    till.refunds.inc();
    let run = verify(gates).await;
    assert_eq!(
        (run.status, run.output.as_str()),
        (Some(0), "coverage: 3 of 3 metrics (100.0 %), 2 of 2 closed values (100.0 %)\n"),
        "{}",
        run.error
    );
    // The sets that come with the library are as they are declared too.
    let run = verify(&[]).await;
    assert_eq!(run.status, Some(0), "{}", run.output);
    assert!(!run.output.contains("osapi_jobs_started_total"), "{}", run.output);
}
