//! Groups of metrics in a Pushgateway.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use osapi_metrics::{
    Counter, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    pushgateway::{Pushgateway, PushgatewayError},
};
use osapi_metrics_tests::{http_proxy::HttpProxy, servers};

use crate::{alone, beside_others, tls::Authority};

#[derive(Clone, Debug, LabelSet)]
struct VolumeLabels {
    #[label(max = 100)]
    volume: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "grouped")]
struct GroupedMetrics {
    /// Files saved.
    files_total: Counter<VolumeLabels>,
}

fn count(volume: &str) {
    GroupedMetrics::global().files_total.with(VolumeLabels { volume: volume.to_owned() }).inc();
}

fn install(variables: &[(&str, &str)]) -> Metrics {
    let environment = variables.iter().copied().collect::<Environment>();
    Metrics::builder().environment(environment).enabled(true).install().unwrap()
}

/// Sends a request to a gateway as another program does.
fn send(address: SocketAddr, request: &str, body: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(stream, "{request} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 2"), "{answer}");
}

/// The error of a push.
fn refusal(metrics: &Metrics, gateway: &Pushgateway) -> PushgatewayError {
    metrics.push_to(gateway).unwrap_err()
}

#[test]
fn a_group_is_replaced_added_to_and_deleted() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let metrics = install(&[]);
    count("replaced");
    let gateway = Pushgateway::new(server.url(), "backup").grouping("instance", "db1");
    let other = Pushgateway::new(format!("{}/", server.url()), "backup");
    let path = "/metrics/job/backup/instance/db1";
    let of_job = |of_instance: &str| {
        format!(
            r#"grouped_files_total{{instance="{of_instance}",job="backup",volume="replaced"}} 1"#
        )
    };
    send(server.address(), &format!("POST {path}"), "left_over 7\n");

    metrics.add_to(&gateway).unwrap();
    let shown = server.metrics("");
    assert!(shown.contains(&of_job("db1")), "{shown}");
    assert!(shown.contains("# HELP grouped_files_total Files saved."), "{shown}");
    assert!(shown.contains("left_over{"), "{shown}");

    metrics.push_to(&gateway).unwrap();
    metrics.push_to(&other).unwrap();
    let shown = server.metrics("");
    assert!(shown.contains(&of_job("db1")) && shown.contains(&of_job("")), "{shown}");
    assert!(!shown.contains("left_over"), "{shown}");

    count("second");
    metrics.push_to(&gateway).unwrap();
    assert!(server.metrics("").contains(r#"job="backup",volume="second"} 1"#));

    for _ in 0..2 {
        metrics.delete_from(&gateway).unwrap();
        let shown = server.metrics("");
        assert!(!shown.contains(&of_job("db1")) && shown.contains(&of_job("")), "{shown}");
    }
}

#[test]
fn any_value_is_part_of_a_grouping_key() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let metrics = install(&[]);
    count("values");
    for (value, shown) in [
        ("/var/tmp", "/var/tmp"),
        ("", ""),
        ("Προμηθεύς", "Προμηθεύς"),
        ("..", ".."),
        ("a b%2F?#+", "a b%2F?#+"),
        ("\"\\\n", r#"\"\\\n"#),
    ] {
        // A job is never empty.
        let job = format!("job {value}");
        let gateway = Pushgateway::new(server.url(), &job).grouping("key", value);
        metrics.push_to(&gateway).unwrap();
        let labels =
            format!(r#"{{instance="",job="job {shown}",key="{shown}",volume="values"}} 1"#);
        let text = server.metrics("");
        assert!(text.contains(&format!("grouped_files_total{labels}")), "{labels}: {text}");
        metrics.delete_from(&gateway).unwrap();
        assert!(!server.metrics("").contains("grouped_files_total"), "{value}");
    }
}

#[test]
fn a_label_of_a_metric_is_not_overwritten() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let metrics = install(&[]);
    count("overwritten");
    let gateway = Pushgateway::new(server.url(), "backup").grouping("volume", "all");
    let error = refusal(&metrics, &gateway).to_string();
    assert!(error.contains("the metric `grouped_files_total` has the label `volume`"), "{error}");
    assert!(!server.metrics("").contains("grouped_files_total"));
    // There is nothing to overwrite.
    metrics.delete_from(&gateway).unwrap();
}

#[test]
fn mistakes_are_named_before_anything_is_sent() {
    let _others = beside_others();
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    for metrics in [&install(&[]), &off] {
        for (url, expected) in [
            ("http://user:hunter2@host:9091", "contains credentials"),
            ("http://host:9091?a=hunter2", "has a query or a fragment"),
            ("http://host:9091/?", "has a query or a fragment"),
            ("http://host:9091#hunter2", "has a query or a fragment"),
            ("ftp://host", "has the unknown scheme `ftp`"),
            ("host:9091", "has no scheme"),
            ("", "is not a URL"),
        ] {
            let error = refusal(metrics, &Pushgateway::new(url, "backup")).to_string();
            assert!(error.contains(expected) && error.contains("give `http://"), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let gateway = Pushgateway::new("http://127.0.0.1:1", "backup");
        let error = refusal(metrics, &Pushgateway::new("http://127.0.0.1:1", ""));
        assert!(matches!(error, PushgatewayError::Job), "{error}");
        let error = refusal(metrics, &gateway.clone().grouping("a-b", "x"));
        assert!(matches!(error, PushgatewayError::Label { .. }), "{error}");
        let error = refusal(metrics, &gateway.clone().basic_auth("a:b", "hunter2"));
        assert!(matches!(error, PushgatewayError::User), "{error}");
        let long = gateway.grouping("a", "x".repeat(70_000));
        let error = refusal(metrics, &long);
        assert!(matches!(error, PushgatewayError::Request { .. }), "{error}");
        assert!(error.to_string().len() < 1_000, "{error}");
    }
}

#[test]
fn nothing_is_sent_without_metrics() {
    let _others = beside_others();
    let gateway = Pushgateway::new("http://127.0.0.1:1", "backup");
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.prometheus = false;
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let not_served = builder.install().unwrap();
    let ended = install(&[]);
    ended.shutdown().unwrap();
    for metrics in [off, not_served, ended] {
        metrics.push_to(&gateway).unwrap();
        metrics.add_to(&gateway).unwrap();
        metrics.delete_from(&gateway).unwrap();
    }
}

#[test]
fn a_gateway_with_a_password_and_tls() {
    let _others = beside_others();
    let authority = Authority::new();
    let (certificate, key) = authority.pem_named("127.0.0.1");
    let (certificate_file, key_file) = (authority.file("web.pem"), authority.file("web.key"));
    fs::write(&certificate_file, certificate).unwrap();
    fs::write(&key_file, key).unwrap();
    // The hash of `test`, from Prometheus' documentation.
    let users = "basic_auth_users:\n  \
                 agent: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay\n";
    let tls = format!(
        "tls_server_config:\n  cert_file: {}\n  key_file: {}\n",
        certificate_file.display(),
        key_file.display()
    );
    let Some(plain) = servers::pushgateway(users) else { return };
    let Some(secure) = servers::pushgateway(&format!("{users}{tls}")) else { return };
    let metrics = install(&[]);
    count("secured");
    let secure_url = format!("https://{}", secure.address());
    let trusted = |gateway: Pushgateway| gateway.certificate(authority.file("ca.pem"));
    for gateway in
        [Pushgateway::new(plain.url(), "backup"), trusted(Pushgateway::new(&secure_url, "backup"))]
    {
        for wrong in [gateway.clone(), gateway.clone().basic_auth("agent", "hunter2-hunter2")] {
            let error = refusal(&metrics, &wrong).to_string();
            assert!(error.contains("answered with status 401: Unauthorized"), "{error}");
            assert!(error.contains("/metrics/job/backup`"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        metrics.push_to(&gateway.basic_auth("agent", "test")).unwrap();
    }
    // `agent:test`
    let shown = plain.metrics("Authorization: Basic YWdlbnQ6dGVzdA==\r\n");
    assert!(shown.contains("volume=\"secured\""), "{shown}");

    let unknown = Pushgateway::new(&secure_url, "backup").basic_auth("agent", "test");
    let error = refusal(&metrics, &unknown).to_string();
    assert!(error.contains("cannot be reached") && error.contains("UnknownIssuer"), "{error}");
    let missing = unknown.certificate(authority.file("missing.pem"));
    let error = refusal(&metrics, &missing).to_string();
    assert!(error.contains("missing.pem` cannot be read"), "{error}");
}

#[test]
fn a_proxy_leads_to_a_gateway() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let proxy = HttpProxy::start_with("gateway.test:9091", server.address(), "agent:hunter2");
    let gateway = Pushgateway::new("http://gateway.test:9091", "proxied");
    let metrics = install(&[("HTTP_PROXY", &proxy.url_with("agent:hunter2"))]);
    metrics.push_to(&gateway).unwrap();
    assert_eq!(proxy.requests(), ["PUT http://gateway.test:9091/metrics/job/proxied"]);
    assert!(server.metrics("").contains(r#"job="proxied""#));

    let error = refusal(&install(&[("HTTP_PROXY", &proxy.url())]), &gateway).to_string();
    let shown = format!("(proxy `{}`) answered with status 407", proxy.url());
    assert!(error.contains(&shown), "{error}");
    let error = refusal(&install(&[("ALL_PROXY", "socks5://hunter2")]), &gateway).to_string();
    assert!(error.starts_with("`ALL_PROXY` in the environment"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn metrics_that_contradict_those_of_another_group_are_refused_by_the_gateway() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let metrics = install(&[]);
    count("contradicted");
    let gauge = "# TYPE grouped_files_total gauge\ngrouped_files_total 1\n";
    send(server.address(), "PUT /metrics/job/other", gauge);
    let error = refusal(&metrics, &Pushgateway::new(server.url(), "backup"));
    let text = error.to_string();
    assert!(matches!(error, PushgatewayError::Refused { status: 400, .. }), "{text}");
    assert!(text.contains("invalid or inconsistent") && text.len() < 1_000, "{text}");
}

/// A server that answers each connection in this way, and never ends it.
fn answering(answer: &'static [u8], repeats: bool) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // It ends with the test program.
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                // A client refuses what comes before its request.
                let _ = stream.read(&mut [0; 1024]);
                while stream.write_all(answer).is_ok() && repeats {}
                let _ = stream.read_to_end(&mut Vec::new());
                thread::park();
            });
        }
    });
    url
}

#[test]
fn a_gateway_that_is_away_or_broken_is_an_error_in_time() {
    // One of them takes the time of the processors.
    let _alone = alone();
    let metrics = install(&[]);
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let of = |url: String| Pushgateway::new(url, "backup").timeout(Duration::from_secs(1));
    let error = refusal(&metrics, &of(format!("http://{free}"))).to_string();
    assert!(error.contains("cannot be reached") && error.contains("refused"), "{error}");
    let endless = b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n";
    for (answer, repeats, expected) in [
        (&b""[..], false, "has not answered within 1s"),
        (b"220 mail.example\r\n\r\n", false, "invalid HTTP version"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", true, "has not answered within 1s"),
        (b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", false, "status 302"),
        (endless, false, "status 500: no!"),
    ] {
        let error = refusal(&metrics, &of(answering(answer, repeats))).to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("/metrics/job/backup`"), "{error}");
    }
}

#[test]
fn async_code_pushes_without_blocking_its_thread() {
    let _others = beside_others();
    let Some(server) = servers::pushgateway("") else { return };
    let metrics = install(&[]);
    count("async");
    let gateway = Pushgateway::new(server.url(), "backup");
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio.block_on(async {
        // It blocks, and may be called.
        metrics.push_to(&gateway).unwrap();
        metrics.delete_from_async(&gateway).await.unwrap();
        assert!(!server.metrics("").contains("volume=\"async\""));
        metrics.push_to_async(&gateway).await.unwrap();
        assert!(server.metrics("").contains("volume=\"async\""));
        metrics.add_to_async(&gateway).await.unwrap();

        let silent = Pushgateway::new(answering(b"", false), "backup");
        let mut push = std::pin::pin!(metrics.push_to_async(&silent));
        let waker = std::task::Waker::noop();
        let polled = push.as_mut().poll(&mut std::task::Context::from_waker(waker));
        assert!(polled.is_pending());
    });
}
