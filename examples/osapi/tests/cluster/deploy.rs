//! The files in `deploy/`, compared with the program and with each other.

use std::{collections::BTreeSet, process::Stdio};

use osapi_metrics_tests::servers::{ServerProcess, promtool};
use yaml_serde::Value;

const COMPOSE: &str = include_str!("../../deploy/compose.yaml");
const COLLECTOR: &str = include_str!("../../deploy/otel-collector.yaml");
const PROMETHEUS: &str = include_str!("../../deploy/prometheus.yml");
const PROMETHEUS_COMPOSE: &str = include_str!("../../deploy/prometheus.compose.yml");
const README: &str = include_str!("../../deploy/README.md");

#[test]
fn prometheus_accepts_its_files() {
    for file in ["prometheus.yml", "prometheus.compose.yml"] {
        let path = format!("{}/deploy/{file}", env!("CARGO_MANIFEST_DIR"));
        let Some(output) = promtool(&["check", "config", &path]) else { return };
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn prometheus_scrapes_where_the_programs_listen() {
    let config = yaml(PROMETHEUS);
    assert_eq!(targets(&config, 0), [default_of("api", "--listen")]);
    assert_eq!(targets(&config, 1), [default_of("agent", "--listen"), "127.0.0.1:9092".to_owned()]);
    assert!(README.contains("agent --name agent-2 --listen 127.0.0.1:9092"));
}

#[test]
fn both_prometheus_files_differ_in_their_targets_only() {
    let [mut local, mut compose] = [PROMETHEUS, PROMETHEUS_COMPOSE].map(yaml);
    assert_eq!(targets(&compose, 0), ["api:8080"]);
    assert_eq!(targets(&compose, 1), ["agent-1:9091", "agent-2:9092"]);
    for config in [&mut local, &mut compose] {
        for job in config["scrape_configs"].as_sequence_mut().expect("a list of jobs") {
            job["static_configs"] = Value::Null;
        }
    }
    assert_eq!(local, compose);
}

#[test]
fn the_services_reach_each_other() {
    let compose = yaml(COMPOSE);
    let services = &compose["services"];
    for (name, part, port) in
        [("api", "api", 8080), ("agent-1", "agent", 9091), ("agent-2", "agent", 9092)]
    {
        let service = &services[name];
        let command = texts(&service["command"]);
        let listen = format!("0.0.0.0:{port}");
        let expected = match part {
            "api" => vec!["api", "--nats", "nats://nats:4222", "--listen", &listen],
            _ => vec!["agent", "--nats", "nats://nats:4222", "--name", name, "--listen", &listen],
        };
        assert_eq!(command, expected);
        assert_eq!(texts(&service["ports"]), [format!("127.0.0.1:{port}:{port}")]);
        let check = texts(&service["healthcheck"]["test"]).join(" ");
        assert!(check.contains(&format!("/127.0.0.1/{port} ")), "{check}");
        assert!(check.contains("GET /health/ready HTTP"), "{check}");
        assert_eq!(text(&service["depends_on"]["nats"]["condition"]), "service_healthy");
        assert_eq!(
            text(&service["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]),
            "http://collector:4317"
        );
        assert_eq!(text(&service["environment"]["OTEL_EXPORTER_OTLP_PROTOCOL"]), "grpc");
        // No other test would notice an option that the program does not have.
        for option in command.iter().filter(|word| word.starts_with("--")) {
            assert!(help(part).contains(option), "osapi {part} has no {option}");
        }
    }
    assert!(default_of("agent", "--nats").ends_with(":4222"));

    let environment = &services["collector"]["environment"];
    assert_eq!(text(&environment["OTLP_LISTEN"]), "0.0.0.0");
    assert!(text(&environment["OTLP_FORWARD_TO"]).starts_with("http://prometheus:9090/"));
}

#[test]
fn nothing_is_published_beyond_loopback() {
    let compose = yaml(COMPOSE);
    for (name, service) in compose["services"].as_mapping().expect("services") {
        assert!(service["network_mode"].is_null(), "{name:?}");
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name:?}: {port}");
            let address = port.rsplit_once(':').expect("two ports").0;
            assert!(README.contains(&format!("http://{address}")), "the README names {address}");
        }
        // The image of osapi is built from this repository.
        let image = text(&service["image"]);
        assert!(image == "osapi" || README.contains(&image), "the README names {image}");
    }
}

#[test]
fn the_collector_receives_and_exports_through_components_that_it_declares() {
    let collector = yaml(COLLECTOR);
    let protocols = &collector["receivers"]["otlp"]["protocols"];
    for (protocol, port) in [("grpc", 4317), ("http", 4318)] {
        let endpoint = text(&protocols[protocol]["endpoint"]);
        assert_eq!(endpoint, format!("${{env:OTLP_LISTEN:-127.0.0.1}}:{port}"));
    }
    let pipeline = &collector["service"]["pipelines"]["metrics"];
    for kind in ["receivers", "processors", "exporters"] {
        let declared: BTreeSet<_> =
            collector[kind].as_mapping().expect("parts by name").keys().map(text).collect();
        assert_eq!(texts(&pipeline[kind]).into_iter().collect::<BTreeSet<_>>(), declared, "{kind}");
    }
    let processors = texts(&pipeline["processors"]);
    assert_eq!(processors.first().map(String::as_str), Some("memory_limiter"));
    assert_eq!(processors.last().map(String::as_str), Some("batch"));

    let endpoint = text(&collector["exporters"]["prometheus"]["endpoint"]);
    let port = endpoint.rsplit(':').next().expect("a port");
    let published = format!("127.0.0.1:{port}:{port}");
    assert_eq!(texts(&yaml(COMPOSE)["services"]["collector"]["ports"]), [published]);
}

fn yaml(text: &str) -> Value {
    let mut value: Value = yaml_serde::from_str(text).expect("valid YAML");
    value.apply_merge().expect("`<<` names what there is");
    value
}

fn targets(config: &Value, job: usize) -> Vec<String> {
    texts(&config["scrape_configs"][job]["static_configs"][0]["targets"])
}

fn texts(list: &Value) -> Vec<String> {
    list.as_sequence().map(|list| list.iter().map(text).collect()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value:?}")).to_owned()
}

/// The default of an option, as `--help` shows it.
fn default_of(part: &str, option: &str) -> String {
    let help = help(part);
    let (_, after) = help.split_once(&format!("{option} <")).expect("the option");
    let (_, default) = after.split_once("[default: ").expect("its default");
    default.split([']', ';']).next().expect("the end of it").to_owned()
}

fn help(part: &str) -> String {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_osapi"));
    let output = command.args([part, "--help"]).stdout(Stdio::piped()).output();
    String::from_utf8(output.expect("the program runs").stdout).expect("UTF-8")
}
