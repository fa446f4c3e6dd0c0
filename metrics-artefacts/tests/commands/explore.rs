//! `osapi-metrics explore`: the page of processes that are elsewhere.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use osapi_metrics_artefacts::web::{self, WebError};
use serde_json::Value;

use super::{
    Run, catalogue, folder, osapi_metrics,
    server::{Answer, serve, serve_with},
};

/// How long a state is waited for that has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A page that runs until the end of a test.
struct Page {
    child: Child,
    address: String,
    _output: BufReader<ChildStdout>,
}

impl Page {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_osapi-metrics"))
            .args(["explore", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_suffix("/metrics/explorer").unwrap_or_default().to_owned();
        assert!(address.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, address, _output: output }
    }

    fn get(&self, path: &str) -> Result<String, WebError> {
        web::get(&format!("{}{path}", self.address))
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).unwrap()).unwrap()
    }

    /// The newest value of a series of this metric and process.
    fn newest(&self, metric: &str, instance: &str) -> Value {
        let history = self.json(&format!("/metrics/history?metric={metric}"));
        let series = history["series"].as_array().unwrap();
        let found = series.iter().find(|series| series["labels"]["instance"] == instance);
        let values = found.and_then(|series| series["values"].as_array());
        values.and_then(|values| values.last()).cloned().unwrap_or_default()
    }

    /// Waits until this holds.
    fn wait(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < until, "{what}: {}", self.get("/metrics/history").unwrap());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the page, and gives what it has written to standard error.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        error
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process whose counter has this value, with a catalogue below its metrics.
fn process(counter: &str, value: u32) -> (String, String) {
    let declared = catalogue(counter, "Things.");
    let exposed = format!("# TYPE {counter} counter\n{counter}{{x=\"1\"}} {value}\n");
    let origin = serve_with(move |path| match path {
        "/metrics" => Answer::text(&exposed),
        "/metrics/catalogue" => Answer::ok("application/json", declared.clone()),
        _ => Answer::Body { status: "404 Not Found", headers: String::new(), body: Vec::new() },
    });
    let instance = origin.trim_start_matches("http://").to_owned();
    (format!("{origin}/metrics"), instance)
}

fn explore(arguments: &[&str]) -> Run {
    let folder = folder(&[]);
    osapi_metrics(folder.path(), &[&["explore", "--listen", "127.0.0.1:0"], arguments].concat())
}

#[test]
fn several_processes_are_on_one_page() {
    let (api, api_instance) = process("api_jobs_total", 3);
    let (agent, agent_instance) = process("agent_jobs_total", 0);
    let page = Page::start(&[&api, &agent]);

    page.wait("values", |page| page.newest("up", &agent_instance) == 1);
    assert_eq!(page.newest("api_jobs_total", &api_instance), 3);
    assert_eq!(page.newest("agent_jobs_total", &agent_instance), 0);
    assert_eq!(page.newest("api_jobs_total", &agent_instance), Value::Null);

    let sets = &page.json("/metrics/catalogue")["sets"];
    let metrics =
        sets.as_array().unwrap().iter().flat_map(|set| set["metrics"].as_array().unwrap());
    let names: Vec<_> = metrics.map(|metric| metric["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["api_jobs_total", "agent_jobs_total"]);

    let history = page.json("/metrics/history?metric=api_jobs_total&seconds=1");
    let series = &history["series"][0];
    assert_eq!((&series["kind"], &series["scope"]), (&"counter".into(), &"shop".into()));
    assert_eq!(series["labels"], serde_json::json!({"instance": api_instance, "x": "1"}));
    assert_eq!(history["process"]["instance"], "2 processes");

    // A browser reads the same state from the events.
    let mut stream = TcpStream::connect(page.address.trim_start_matches("http://")).unwrap();
    write!(stream, "GET /metrics/live HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let mut lines = lines.skip_while(|line| line != "event: hello");
    assert!(lines.next().is_some());
    let hello = lines.next().unwrap();
    let hello: Value = serde_json::from_str(hello.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(hello["never_recorded"], serde_json::json!(["agent_jobs_total"]));
    assert!(lines.any(|line| line == "event: update"));
}

#[test]
fn the_paths_are_those_of_a_process() {
    let (url, _) = process("api_jobs_total", 3);
    let page = Page::start(&[&url]);
    for path in ["/", "/metrics/explorer"] {
        assert!(page.get(path).unwrap().starts_with("<!doctype html>"), "{path}");
    }
    for (path, expected) in [
        ("/metrics", "status 404: {\"error\":{\"code\":\"unknown_path\""),
        ("/metrics/history?second=1", "status 400: {\"error\":{\"code\":\"wrong_parameter\""),
    ] {
        let error = page.get(path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut stream = TcpStream::connect(page.address.trim_start_matches("http://")).unwrap();
    write!(stream, "POST /metrics/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("wrong_method"), "{answer}");
    let mut stream = TcpStream::connect(page.address.trim_start_matches("http://")).unwrap();
    write!(stream, "HEAD /metrics/explorer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("content-security-policy: default-src 'none'; "), "{answer}");
}

#[test]
fn a_process_that_goes_away_is_named_once_and_comes_back() {
    let is_there = Arc::new(AtomicBool::new(true));
    let answers = Arc::clone(&is_there);
    let origin = serve_with(move |_| {
        if answers.load(Ordering::SeqCst) {
            Answer::text("jobs 7\n")
        } else {
            Answer::Body { status: "503 Busy", headers: String::new(), body: b"later".to_vec() }
        }
    });
    let instance = origin.trim_start_matches("http://").to_owned();
    let url = format!("{origin}/metrics");
    let page = Page::start(&[&url]);
    page.wait("up", |page| page.newest("jobs", &instance) == 7);
    is_there.store(false, Ordering::SeqCst);
    page.wait("away", |page| page.newest("up", &instance) == 0);
    assert_eq!(page.newest("jobs", &instance), Value::Null);
    is_there.store(true, Ordering::SeqCst);
    page.wait("back", |page| page.newest("jobs", &instance) == 7);
    let error = page.end();
    let expected = [
        // Its catalogue is that of its metrics.
        format!("{url}/catalogue: it is not a catalogue: "),
        format!("{url}: the answer has the status 503: later"),
        format!("{url}: it answers again"),
    ];
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{error}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(&format!("osapi-metrics: {expected}")), "{line}");
    }
    assert!(lines[0].ends_with("; the metrics are shown without their declarations"), "{error}");
}

#[test]
fn a_process_that_does_not_answer_yet_does_not_hold_up_the_others() {
    let (url, instance) = process("api_jobs_total", 3);
    let silent = serve(Answer::Silence);
    let page = Page::start(&[&url, &silent, "--timeout", "1s"]);
    page.wait("values", |page| page.newest("api_jobs_total", &instance) == 3);
    let silent_instance = silent.trim_start_matches("http://").trim_end_matches("/metrics");
    assert_eq!(page.newest("up", silent_instance), 0);
    let error = page.end();
    assert_eq!(error, format!("osapi-metrics: {silent}: no answer within 1s\n"));
}

#[test]
fn a_catalogue_of_a_person_is_taken_for_all() {
    let folder = folder(&[("catalogue.json", &catalogue("jobs_total", "Jobs."))]);
    let url = serve(Answer::text("# TYPE jobs_total counter\njobs_total 7\n"));
    let path = folder.path().join("catalogue.json");
    let page = Page::start(&[&url, "--catalogue", path.to_str().unwrap()]);
    let instance = url.trim_start_matches("http://").trim_end_matches("/metrics");
    page.wait("values", |page| page.newest("jobs_total", instance) == 7);
    assert_eq!(page.json("/metrics/history")["series"][1]["scope"], "shop");
    assert_eq!(page.end(), "");
}

#[test]
fn what_cannot_be_shown_is_refused_at_the_start() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}/metrics", free.local_addr().unwrap());
    drop(free);
    let html = serve(Answer::ok("text/html", "<html></html>"));
    let broken = serve(Answer::text("jobs one\n"));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let (good, _) = process("jobs_total", 1);
    let many: Vec<_> = (0..65).map(|nth| format!("{good}?{nth}")).collect();
    for (arguments, expected) in [
        (vec![&*gone], format!("{gone}: no answer: ")),
        (vec![&*html], format!("{html}: it is not an exposition: line 1: ")),
        (
            vec![&*broken, &gone],
            format!("{broken}: it is not an exposition: line 1: the value `one`"),
        ),
        (vec![&*good, &good], format!("{good} is given twice")),
        (
            many.iter().map(String::as_str).collect(),
            "65 addresses are given, and one page shows".into(),
        ),
        (vec![&*good, "--catalogue", "gone.json"], "gone.json: it cannot be read".into()),
        (vec!["127.0.0.1:9090"], "an address begins with `http://` or `https://`".into()),
        (vec![&*good, "--timeout", "0s"], "expected a duration from 1ms".into()),
        (vec![], "<URL>".into()),
    ] {
        let run = explore(&arguments);
        assert_eq!((run.status, &*run.output), (Some(2), ""), "{}", run.error);
        assert!(run.error.contains(&expected), "{expected}: {}", run.error);
    }
    let folder = folder(&[]);
    let run = osapi_metrics(folder.path(), &["explore", &good, "--listen", &taken]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.contains(&format!("cannot listen on {taken}: ")), "{}", run.error);
}
