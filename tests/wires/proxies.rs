//! Push through a proxy that the environment names.

use std::time::{Duration, Instant};

use osapi_metrics::{
    Counter, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpProtocol},
};
use osapi_metrics_tests::{
    PROTOCOLS,
    http_proxy::{HttpProxy, ProxyBehaviour},
    logs::{await_line_about, logs},
    otlp_receiver::OtlpReceiver,
    over_every_protocol, pushing_to, with_causes,
};

use crate::{alone, beside_others, tls::Authority};

#[derive(Clone, Debug, LabelSet)]
struct CaseLabels {
    #[label(max = 100)]
    case: String,
}

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "proxied")]
struct ProxiedMetrics {
    /// Things, by test case.
    #[metric(unit = "{thing}")]
    things_total: Counter<CaseLabels>,
}

/// A name that only the proxy knows.
const SERVER: &str = "collector.test:4317";

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

fn install(config: MetricsConfig, variables: &[(&str, &str)]) -> Metrics {
    let environment = variables.iter().copied().collect::<Environment>();
    Metrics::builder().config(config).environment(environment).install().unwrap()
}

/// Counts a thing, flushes, and returns whether the receiver has it.
fn arrives(metrics: &Metrics, receiver: &OtlpReceiver, case: &str) -> bool {
    ProxiedMetrics::global().things_total.with(CaseLabels { case: case.to_owned() }).inc();
    let end = Instant::now() + PATIENCE;
    while let Err(error) = metrics.flush() {
        assert!(Instant::now() < end, "{case}: {}", with_causes(&error));
    }
    let of_case = |name| [("case", name)];
    let arrived = receiver.exports().into_iter().find_map(|export| {
        assert!(!export.headers.contains_key("proxy-authorization"), "{case}");
        export.number("proxied_things_total", &of_case(case))
    });
    arrived == Some(1.0)
}

/// What the proxy is asked for.
fn requests(protocol: OtlpProtocol, is_tls: bool) -> String {
    if is_tls || protocol == OtlpProtocol::Grpc {
        format!("CONNECT {SERVER}")
    } else {
        format!("POST http://{SERVER}/v1/metrics")
    }
}

#[test]
fn a_proxy_leads_to_a_collector_without_tls() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} plain");
        let receiver = OtlpReceiver::start();
        let proxy = HttpProxy::start(SERVER, receiver.address());
        let config = pushing_to(&format!("http://{SERVER}"), protocol);
        let metrics = install(config, &[("http_proxy", &proxy.url()), ("HTTPS_PROXY", "off:1")]);
        assert!(arrives(&metrics, &receiver, &case), "{case}");
        assert_eq!(proxy.requests()[0], requests(protocol, false), "{case}");
    });
}

#[test]
fn a_proxy_leads_to_a_collector_with_tls() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} TLS");
        let receiver = authority.receiver_named("collector.test", false);
        let proxy = HttpProxy::start(SERVER, receiver.address());
        let mut config = pushing_to(&format!("https://{SERVER}"), protocol);
        config.otlp.certificate = Some(authority.file("ca.pem"));
        let metrics = install(config, &[("HTTP_PROXY", "off:1"), ("ALL_PROXY", &proxy.url())]);
        assert!(arrives(&metrics, &receiver, &case), "{case}");
        assert_eq!(proxy.requests(), [requests(protocol, true)], "{case}");
    });
}

#[test]
fn a_proxy_with_tls_leads_to_a_collector() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        for is_tls in [false, true] {
            let case = format!("{protocol:?} {is_tls} through TLS");
            let (scheme, receiver) = if is_tls {
                ("https", authority.receiver_named("collector.test", false))
            } else {
                ("http", OtlpReceiver::start())
            };
            let proxy = HttpProxy::start_tls(
                SERVER,
                receiver.address(),
                authority.server_named("127.0.0.1", false),
            );
            let mut config = pushing_to(&format!("{scheme}://{SERVER}"), protocol);
            config.otlp.certificate = Some(authority.file("ca.pem"));
            let metrics = install(config, &[("ALL_PROXY", &proxy.url())]);
            assert!(arrives(&metrics, &receiver, &case), "{case}");
            assert_eq!(proxy.requests()[0], requests(protocol, is_tls), "{case}");
        }
    });
}

#[test]
fn a_proxy_gets_the_password_of_its_url() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} password");
        let receiver = OtlpReceiver::start();
        let proxy = HttpProxy::start_with(SERVER, receiver.address(), "agent:hunter2@hunter2");
        let config = pushing_to(&format!("http://{SERVER}"), protocol);
        let with_password = proxy.url_with("agent:hunter2%40hunter2");
        let metrics = install(config.clone(), &[("HTTP_PROXY", &with_password)]);
        assert!(!format!("{metrics:?}").contains("hunter2"), "{metrics:?}");
        assert!(arrives(&metrics, &receiver, &case), "{case}");

        let before = proxy.requests().len();
        for url in [proxy.url(), proxy.url_with("agent:hunter3hunter3")] {
            let metrics = install(config.clone(), &[("HTTP_PROXY", &url)]);
            let error = with_causes(&metrics.flush().unwrap_err());
            assert!(error.contains("status 407"), "{case}: {error}");
            assert!(error.contains(&format!("(proxy `{}`)", proxy.url())), "{case}: {error}");
            assert!(!error.contains("hunter"), "{case}: {error}");
            // The end of the runtime tries again.
            std::mem::forget(metrics);
        }
        // Nothing else would be the answer to another try.
        assert_eq!(proxy.requests().len() - before, 2, "{case}");
    });
}

#[test]
fn a_proxy_that_refuses_is_named_with_its_answer() {
    let _others = beside_others();
    logs();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        for (behaviour, answer, is_retried) in [
            (ProxyBehaviour::Refuse(403), "status 403", false),
            (ProxyBehaviour::Refuse(404), "status 404", false),
            (ProxyBehaviour::Refuse(301), "status 301", false),
            (ProxyBehaviour::Refuse(502), "status 502", true),
            (ProxyBehaviour::Refuse(503), "status 503", true),
            (ProxyBehaviour::Close, "", true),
            (ProxyBehaviour::Garbage, "invalid HTTP version", true),
            (ProxyBehaviour::EndlessHead, "message head is too large", true),
            (ProxyBehaviour::Hang, "no answer within", false),
        ] {
            let case = format!("{protocol:?} {behaviour:?}");
            let proxy = HttpProxy::start(SERVER, receiver.address());
            proxy.behave(behaviour);
            let mut config = pushing_to(&format!("http://{SERVER}"), protocol);
            config.otlp.timeout = Duration::from_secs(1);
            let metrics = install(config, &[("HTTP_PROXY", &proxy.url())]);
            metrics.flush().unwrap_err();
            let line = await_line_about(&format!("(proxy `{}`)", proxy.url()));
            assert!(line.contains(answer), "{case}: {line}");
            assert_eq!(proxy.requests().len() > 1, is_retried, "{case}: {:?}", proxy.requests());
            assert_eq!(receiver.tries(), 0, "{case}");

            proxy.behave(ProxyBehaviour::Connect);
            assert!(arrives(&metrics, &receiver, &case), "{case}");
            drop(metrics);
            drop(proxy);
            // Of the next case, nothing arrives at first.
            let tries = receiver.tries();
            assert!(tries > 0, "{case}");
            receiver.forget_tries();
        }
    });
}

/// It takes the time of the processors while it lasts.
#[test]
fn a_proxy_that_informs_without_end_is_left_in_time() {
    let _alone = alone();
    logs();
    for protocol in PROTOCOLS {
        let receiver = OtlpReceiver::start();
        let proxy = HttpProxy::start(SERVER, receiver.address());
        proxy.behave(ProxyBehaviour::EndlessInformation);
        let mut config = pushing_to(&format!("http://{SERVER}"), protocol);
        config.otlp.timeout = Duration::from_secs(1);
        let metrics = install(config, &[("HTTP_PROXY", &proxy.url())]);
        metrics.flush().unwrap_err();
        let line = await_line_about(&format!("(proxy `{}`)", proxy.url()));
        assert!(line.contains("no answer within"), "{protocol:?}: {line}");
    }
}

#[test]
fn a_proxy_that_is_away_is_named() {
    let _others = beside_others();
    logs();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let url = HttpProxy::start(SERVER, receiver.address()).url();
        let mut config = pushing_to(&format!("http://{SERVER}"), protocol);
        config.otlp.timeout = Duration::from_secs(1);
        let metrics = install(config, &[("HTTP_PROXY", &url)]);
        metrics.flush().unwrap_err();
        let line = await_line_about(&format!("(proxy `{url}`)"));
        assert!(line.contains("the proxy cannot be reached"), "{protocol:?}: {line}");
    });
}

/// `NO_PROXY` does not matter for the machine itself, which a proxy cannot reach by that name.
#[test]
fn exceptions_and_the_machine_itself_are_reached_directly() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let config = pushing_to(&receiver.url(), protocol);
        let metrics = install(config, &[("ALL_PROXY", "http://127.0.0.1:1")]);
        assert!(arrives(&metrics, &receiver, &format!("{protocol:?} loopback")));

        let proxy = HttpProxy::start(SERVER, receiver.address());
        let variables = [("ALL_PROXY", proxy.url()), ("NO_PROXY", ".test:4317".to_owned())];
        let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut config = pushing_to(&format!("http://{SERVER}"), protocol);
        config.otlp.timeout = Duration::from_millis(300);
        install(config, &variables).flush().unwrap_err();
        assert_eq!(proxy.requests(), [""; 0], "{protocol:?}");
    });
}

#[test]
fn a_variable_without_a_proxy_is_an_error_of_a_push_that_needs_it() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for value in ["socks5://hunter2:1080", "http://user:hunter2@", "http://hunter2:x", "h 2"] {
            let environment = Environment::from_iter([("HTTPS_PROXY", value)]);
            let installed = |config: MetricsConfig| {
                let builder = Metrics::builder().config(config);
                builder.environment(environment.clone()).install()
            };
            let config = pushing_to(&format!("https://{SERVER}"), protocol);
            let error = installed(config.clone()).unwrap_err().to_string();
            assert!(error.starts_with("`HTTPS_PROXY` in the environment"), "{error}");
            assert!(error.contains("`http://host:port`") && !error.contains("h 2"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");

            let mut off = config;
            off.otlp.enabled = false;
            drop(installed(off).unwrap());
            drop(installed(pushing_to("http://127.0.0.1:1", protocol)).unwrap());
        }
    });
}
