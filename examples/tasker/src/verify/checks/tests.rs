//! The checks, over scrapes that are written here.

use std::fmt::Write;

use osapi_metrics::descriptor::InstrumentKind;

use super::{all, without_metrics};
use crate::{
    client::Receipt,
    metrics::{ResultType, descriptors},
    verify::{
        checklist::{Checklist, Finding},
        evidence::{Evidence, FileEvidence, HealthEvidence},
        samples::Samples,
        tasks::{SubmittedTask, TASKS},
    },
    workflow::TaskState,
};

const HEALTH: &str = r#"{
    "status": "healthy",
    "checks": {"circuit_breakers": {"status": "healthy", "duration_ms": 0.1,
        "message": "web closed, task_readiness closed, pgmq closed, ffi_completion closed"}},
    "info": {"parts": ["orchestration"], "metrics_enabled": true, "opentelemetry_enabled": false,
        "correlation_window": 500}
}"#;

const LOG: &str = "INFO \u{1b}[3mopentelemetry_enabled\u{1b}[0m\u{1b}[2m=\u{1b}[0mfalse started\n";

/// The sample tasks, all of them as they should end.
fn tasks() -> Vec<SubmittedTask> {
    let tasks = TASKS.iter().enumerate().map(|(nth, sample)| {
        let id = format!("id-{nth}");
        SubmittedTask {
            sample,
            trace: (nth == 0).then(|| id.clone()),
            receipt: Ok(Receipt { id: format!("task-{nth}"), correlation_id: id }),
            ended: Ok(sample.state.as_str().to_owned()),
        }
    });
    tasks.collect()
}

/// The scrape after them, of a process that has no other tasks.
fn scrape() -> String {
    use ResultType::{Error, Skipped, Success, Timeout};

    let mut text = String::new();
    let mut line = |name: &str, labels: &str, value: u64| {
        writeln!(text, "{name}{{{labels}}} {value}").expect("a text takes everything");
    };
    for (nth, sample) in TASKS.iter().enumerate() {
        let id = format!("correlation_id=\"id-{nth}\"");
        let all = sample.ends(&ResultType::ALL);
        line("tasker_tasks_requests_total", &id, 1);
        line("tasker_steps_enqueued_total", &id, all);
        line("tasker_steps_executions_total", &id, all);
        line("tasker_steps_successes_total", &id, sample.ends(&[Success, Skipped]));
        line("tasker_steps_failures_total", &id, sample.ends(&[Error, Timeout]));
        line("tasker_steps_results_submitted_total", &id, all);
        line("tasker_steps_claimed_total", "claim_method=\"event\"", all);
        for (of, label) in
            [(Success, "success"), (Error, "error"), (Timeout, "timeout"), (Skipped, "skipped")]
        {
            let labels = format!("{id},result_type=\"{label}\"");
            line("tasker_step_results_processed_total", &labels, sample.ends(&[of]));
        }
        let complete = sample.state == TaskState::Complete;
        line("tasker_tasks_completions_total", &id, u64::from(complete));
        line("tasker_tasks_failures_total", &id, u64::from(!complete));
    }
    for metric in descriptors().filter(|metric| metric.kind == InstrumentKind::Histogram) {
        let name = format!("{}_bucket", metric.prometheus_name());
        line(&name, "correlation_id=\"id-0\",le=\"5.0\"", 3);
        line(&name, "correlation_id=\"id-0\",le=\"+Inf\"", 3);
    }
    line("api_circuit_breaker_state", "", 0);
    for component in ["task_readiness", "pgmq", "ffi_completion"] {
        line("tasker_circuit_breaker_state", &format!("component=\"{component}\""), 0);
    }
    line("mpsc_channel_usage_percent", "channel=\"a\",component=\"b\"", 79);
    line("mpsc_channel_capacity", "channel=\"a\",component=\"b\"", 100);
    line("mpsc_channel_full_events_total", "channel=\"a\",component=\"b\"", 7);
    line("ffi_completion_slow_sends_total", "", 5);
    text
}

const BEFORE: &str = "mpsc_channel_full_events_total 7\nffi_completion_slow_sends_total 4\n# EOF\n";

/// The checklist over a scrape and a health.
fn checked(scrape: &str, health: &str, tasks: &[SubmittedTask]) -> Checklist {
    let files = FileEvidence { log: Some(LOG.to_owned()), config: Some(true) };
    all(&Evidence {
        health: serde_json::from_str::<HealthEvidence>(health).expect("a health"),
        files: &files,
        before: &Samples::parse(BEFORE).expect("a scrape"),
        after: Samples::parse(&format!("{scrape}# EOF\n")).expect("a scrape"),
        tasks,
        scrapes: true,
    })
}

/// The text of the only item that is a miss, with its number.
fn only_miss(list: &Checklist) -> (usize, &str) {
    assert_eq!(list.misses(), 1, "{list}");
    let miss = list.items.iter().enumerate().find_map(|(nth, item)| match &item.finding {
        Finding::Miss(text) => Some((nth + 1, text.as_str())),
        Finding::Ok(_) | Finding::NotChecked(_) => None,
    });
    miss.expect("one")
}

#[test]
fn a_process_that_works_misses_nothing() {
    let list = checked(&scrape(), HEALTH, &tasks());
    let texts: Vec<_> = list.items.iter().map(|item| &item.finding).collect();
    assert!(texts.iter().all(|finding| matches!(finding, Finding::Ok(_))), "{list}");
    assert_eq!(
        list.items[10].to_string(),
        "ok    the flow of a task is visible from its request to its completion: math.diamond: \
         requests 1 → enqueued 4 → executed 4 → succeeded 4 → submitted 4 → processed 4 → \
         completed 1"
    );
}

#[test]
fn every_item_can_be_a_miss() {
    let table = [
        (6, "tasker_sql_query_duration_bucket{", "other{", "tasker_sql_query_duration_bucket has"),
        (7, "api_circuit_breaker_state{} 0", "api_circuit_breaker_state{} 2", "web 2, which is op"),
        (7, "component=\"pgmq\"} 0", "component=\"pgmq\"} 1", "pgmq 1, which is half-open"),
        (7, "component=\"pgmq\"", "component=\"x\"", "tasker_circuit_breaker_state has no series"),
        (8, "component=\"b\"} 79", "component=\"b\"} 80", "a of b at 80.0 %"),
        (8, "component=\"b\"} 7\n", "component=\"b\"} 8\n", "full events 1"),
        (8, "mpsc_channel_usage_percent", "other", "0 channels"),
        (9, "slow_sends_total{} 5", "slow_sends_total{} 6", "2 while the tasks ran"),
        (9, "ffi_completion_slow_sends_total", "other", "there is no ffi_completion_slow_sends"),
    ];
    for (number, from, to, said) in table {
        let list = checked(&scrape().replace(from, to), HEALTH, &tasks());
        let (missed, text) = only_miss(&list);
        assert_eq!(missed, number, "{text}");
        assert!(text.starts_with(said), "{text}");
    }
}

/// An item that counts a task differs together with the flow of the task.
#[test]
fn counts_that_disagree_are_misses() {
    let table = [
        (3, "tasker_tasks_requests_total{correlation_id=\"id-1\"} 1", "requests 7 instead of 8"),
        (4, "tasker_steps_executions_total{correlation_id=\"id-1\"} 8", "executions 14 instead of"),
        (4, "tasker_steps_results_submitted_total{correlation_id=\"id-4\"} 2", "submitted 20 inst"),
        (3, "tasker_tasks_failures_total{correlation_id=\"id-6\"} 1", "failures 1 instead of 2"),
    ];
    for (nth, line, said) in table {
        let scrape = scrape();
        assert_eq!(scrape.matches(line).count(), 1, "{line}");
        let list = checked(&scrape.replace(line, "other 1"), HEALTH, &tasks());
        let (number, text) = only_miss(&list);
        assert_eq!(number, nth + 1, "{text}");
        assert!(text.starts_with(said), "{text}");
    }
    let line = "tasker_steps_successes_total{correlation_id=\"id-0\"} 4";
    let list = checked(&scrape().replace(line, &line.replace('4', "3")), HEALTH, &tasks());
    assert_eq!(list.misses(), 2, "{list}");
    assert!(list.items[10].to_string().contains("succeeded 3"), "{list}");
}

#[test]
fn an_open_breaker_in_the_health_is_a_miss() {
    let health = HEALTH.replace("\"healthy\", \"dur", "\"unhealthy\", \"dur");
    let list = checked(&scrape(), &health, &tasks());
    let (number, text) = only_miss(&list);
    assert_eq!(number, 7);
    assert!(text.starts_with("/health/detailed is unhealthy (web closed"), "{text}");
}

#[test]
fn an_id_that_is_not_the_id_of_the_trace_is_a_miss() {
    let mut tasks = tasks();
    tasks[0].trace = Some("another".to_owned());
    let list = checked(&scrape(), HEALTH, &tasks);
    assert_eq!(
        only_miss(&list),
        (10, "correlation_id=id-0 of the trace another, 14 of 14 metrics")
    );
}

#[test]
fn tasks_that_are_refused_are_not_counted() {
    let mut tasks = tasks();
    for task in &mut tasks {
        task.receipt = Err("the database is away".to_owned());
    }
    let list = checked(&scrape(), HEALTH, &tasks);
    let (number, text) = only_miss(&list);
    assert_eq!(number, 3);
    assert!(text.starts_with("math.diamond was refused: the database is away"), "{text}");
    let not_checked = Finding::NotChecked("because no task was accepted".to_owned());
    for nth in [3, 4, 9, 10] {
        assert_eq!(list.items[nth].finding, not_checked);
    }
}

/// Without ids the tasks of others are counted, too.
#[test]
fn without_ids_numbers_are_at_least_those_of_the_tasks() {
    let health = HEALTH.replace("500", "0");
    let more = scrape() + "tasker_tasks_requests_total 90\n";
    let list = checked(&more, &health, &tasks());
    assert_eq!(list.misses(), 0, "{list}");
    for nth in [9, 10] {
        let Finding::NotChecked(reason) = &list.items[nth].finding else { panic!("{list}") };
        assert!(reason.contains("correlation_window is 0"), "{reason}");
    }
    let less = scrape().replace("tasker_tasks_requests_total{", "other{");
    let list = checked(&less, &health, &tasks());
    assert!(only_miss(&list).1.starts_with("requests 0 instead of at least 8"), "{list}");
}

#[test]
fn metrics_that_are_off_are_a_miss() {
    let health: HealthEvidence =
        serde_json::from_str(&HEALTH.replace("enabled\": true", "enabled\": false")).expect("JSON");
    let list = without_metrics(&health.info, &FileEvidence::default());
    let (number, text) = only_miss(&list);
    assert_eq!(number, 1);
    assert!(text.ends_with("; set telemetry.enabled to true and start the process again"));
    let other = list.items.iter().filter(|item| matches!(item.finding, Finding::NotChecked(_)));
    assert_eq!(other.count(), 10);
}

#[test]
fn the_log_of_another_process_is_a_miss() {
    let health: HealthEvidence = serde_json::from_str(HEALTH).expect("JSON");
    let log = |text: &str| {
        let files = FileEvidence { log: Some(text.to_owned()), config: None };
        super::telemetry::log(&health.info, &files)
    };
    let twice = "opentelemetry_enabled=true\nopentelemetry_enabled=false\n";
    assert_eq!(log(twice), Finding::Ok("opentelemetry_enabled=false".to_owned()));
    assert!(matches!(log("opentelemetry_enabled=true\n"), Finding::Miss(_)));
    assert!(matches!(log("nothing"), Finding::Miss(_)));
}
