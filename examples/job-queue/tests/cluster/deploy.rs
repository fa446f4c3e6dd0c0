//! The files in `deploy/`, compared with the program and with each other.

use std::{collections::BTreeSet, process::Stdio};

use osapi_metrics_tests::servers::{ServerProcess, promtool};
use yaml_serde::Value;

const COMPOSE: &str = include_str!("../../deploy/compose.yaml");
const COLLECTOR: &str = include_str!("../../deploy/otel-collector.yaml");
const PROMETHEUS: &str = include_str!("../../deploy/prometheus.yml");
const PROMETHEUS_COMPOSE: &str = include_str!("../../deploy/prometheus.compose.yml");
const RULES: &str = include_str!("../../deploy/rules.yml");
const SCALE: &str = include_str!("../../../../docs/scale.md");
const README: &str = include_str!("../../deploy/README.md");

/// The variables that every process understands.
const VARIABLES: [&str; 8] = [
    "ENABLE_JOB_METRICS",
    "ENABLE_API_METRICS",
    "ENABLE_HOST_METRICS",
    "ENABLE_GPU_METRICS",
    "ENABLE_DOCKER_METRICS",
    "METRICS_COLLECTION_INTERVAL",
    "METRICS_LABEL_MACHINE_ID",
    "METRICS_LABEL_WORKER_ID",
];

#[test]
fn prometheus_accepts_its_files() {
    for file in ["prometheus.yml", "prometheus.compose.yml"] {
        let path = format!("{}/deploy/{file}", env!("CARGO_MANIFEST_DIR"));
        let Some(output) = promtool(&["check", "config", &path]) else { return };
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn prometheus_accepts_the_recording_rules_of_the_page() {
    let (_, groups) = RULES.split_once("groups:").expect("a list of groups");
    assert!(SCALE.contains(groups.trim_end()), "docs/scale.md shows other rules than rules.yml");
    let rules = yaml(RULES);
    for rule in rules["groups"][0]["rules"].as_sequence().expect("a list of rules") {
        let expression = text(&rule["expr"]);
        let known = job_queue::metrics::descriptors()
            .any(|metric| expression.contains(&format!("({}", metric.prometheus_name())));
        assert!(known, "no metric of job-queue is in {expression}");
    }
    let path = format!("{}/deploy/rules.yml", env!("CARGO_MANIFEST_DIR"));
    let Some(output) = promtool(&["check", "rules", &path]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn prometheus_scrapes_where_the_programs_listen() {
    let config = yaml(PROMETHEUS);
    assert_eq!(targets(&config, 0), [default_of("api", "--listen")]);
    let workers = [default_of("worker", "--listen"), "127.0.0.1:8072".to_owned()];
    assert_eq!(targets(&config, 1), workers);
    assert!(README.contains("worker --listen 127.0.0.1:8072"));
}

#[test]
fn both_prometheus_files_differ_in_their_targets_only() {
    let [mut local, mut compose] = [PROMETHEUS, PROMETHEUS_COMPOSE].map(yaml);
    assert_eq!(targets(&compose, 0), ["api:8070"]);
    assert_eq!(targets(&compose, 1), ["worker-1:8071", "worker-2:8072"]);
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
        [("api", "api", 8070), ("worker-1", "worker", 8071), ("worker-2", "worker", 8072)]
    {
        let service = &services[name];
        let command = texts(&service["command"]);
        assert_eq!(command[..3], [part, "--redis", "redis://redis:6379"]);
        assert_eq!(
            command[command.len() - 2..],
            ["--listen".to_owned(), format!("0.0.0.0:{port}")]
        );
        assert_eq!(part == "worker", command.contains(&"http://api:8070".to_owned()));
        assert_eq!(texts(&service["ports"]), [format!("127.0.0.1:{port}:{port}")]);
        let check = texts(&service["healthcheck"]["test"]).join(" ");
        assert!(check.contains(&format!("/127.0.0.1/{port} ")), "{check}");
        assert!(check.contains("GET /health/ready HTTP"), "{check}");
        assert_eq!(text(&service["depends_on"]["redis"]["condition"]), "service_healthy");
        let environment = &service["environment"];
        assert_eq!(text(&environment["OTEL_EXPORTER_OTLP_ENDPOINT"]), "http://collector:4317");
        assert_eq!(text(&environment["OTEL_EXPORTER_OTLP_PROTOCOL"]), "grpc");
        assert_eq!(text(&environment["METRICS_LABEL_WORKER_ID"]), name);
        for variable in VARIABLES {
            assert!(!environment[variable].is_null(), "{name} does not say {variable}");
        }
        // No other test would notice an option that the program does not have.
        for option in command.iter().filter(|word| word.starts_with("--")) {
            assert!(help(part).contains(option), "job-queue {part} has no {option}");
        }
    }
    assert!(default_of("worker", "--redis").ends_with(":6379"));
    let environment = &services["collector"]["environment"];
    assert_eq!(text(&environment["OTLP_LISTEN"]), "0.0.0.0");
    let backend = text(&environment["DASH0_METRICS_ENDPOINT"]);
    assert!(backend.contains("http://prometheus:9090/"), "{backend}");
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
        // The image of job-queue is built from this repository.
        let image = text(&service["image"]);
        assert!(image == "job-queue" || README.contains(&image), "the README names {image}");
    }
}

#[test]
fn the_collector_uses_every_component_that_it_declares() {
    let collector = yaml(COLLECTOR);
    let protocols = &collector["receivers"]["otlp"]["protocols"];
    for (protocol, port) in [("grpc", 4317), ("http", 4318)] {
        let endpoint = text(&protocols[protocol]["endpoint"]);
        assert_eq!(endpoint, format!("${{env:OTLP_LISTEN:-127.0.0.1}}:{port}"));
    }
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_mapping().expect("parts by name").keys().map(text).collect()
    };
    let service = &collector["service"];
    let pipeline = &service["pipelines"]["metrics"];
    for kind in ["receivers", "processors", "exporters"] {
        let used: BTreeSet<_> = texts(&pipeline[kind]).into_iter().collect();
        assert_eq!(used, names(&collector[kind]), "{kind}");
    }
    let extensions: BTreeSet<_> = texts(&service["extensions"]).into_iter().collect();
    assert_eq!(extensions, names(&collector["extensions"]));
    let processors = texts(&pipeline["processors"]);
    assert_eq!(processors.first().map(String::as_str), Some("memory_limiter"));
    assert_eq!(processors.last().map(String::as_str), Some("batch"));

    let exporter = &collector["exporters"]["otlp_http/dash0"];
    assert_eq!(text(&exporter["compression"]), "gzip");
    let authenticator = text(&exporter["auth"]["authenticator"]);
    assert!(extensions.contains(&authenticator), "{authenticator}");
    assert_eq!(text(&collector["extensions"][authenticator]["token"]), "${env:DASH0_API_TOKEN}");
}

/// A variable of the collector's file that nobody sets would be empty.
#[test]
fn the_collector_has_every_variable() {
    let compose = yaml(COMPOSE);
    let environment = compose["services"]["collector"]["environment"].as_mapping();
    let given: BTreeSet<_> = environment.expect("variables").keys().map(text).collect();
    let uncommented = COLLECTOR.lines().filter(|line| !line.trim().starts_with('#'));
    for line in uncommented {
        for (position, _) in line.match_indices("${env:") {
            let name = line[position + 6..].split([':', '}']).next().expect("a name");
            assert!(given.contains(name), "compose.yaml does not give the collector {name}");
        }
    }
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
    let default: String = default.split_whitespace().next().expect("a value").to_owned();
    default.trim_end_matches([']', ';']).to_owned()
}

fn help(part: &str) -> String {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_job-queue"));
    let output = command.args([part, "--help"]).stdout(Stdio::piped()).output();
    String::from_utf8(output.expect("the program runs").stdout).expect("UTF-8")
}
