//! Engines that fail, and containers that do.

use std::time::Duration;

use osapi_metrics::instrumentation::docker::DockerOptions;
use osapi_metrics_tests::logs;
use serde_json::json;

use super::{
    OFTEN, Yard, becomes,
    engine::{Answer, Entry, TestEngine, answer, cgroup_v2},
};

const MEMORY: Option<f64> = Some(193_359_872.0);

fn options(engine: &TestEngine) -> DockerOptions {
    // Three intervals are the longest that a reading may take.
    let often = Duration::from_secs(20);
    DockerOptions::new().socket(engine.socket()).interval(OFTEN).timeout(often)
}

/// An engine with containers of these names, and its observation.
fn observed(name: &'static str, containers: &[&str]) -> (TestEngine, Yard) {
    let engine = TestEngine::start();
    for container in containers {
        engine.run(container, Entry::new(container, cgroup_v2()));
    }
    let yard = Yard::observe(name, &options(&engine));
    for container in containers {
        becomes("a sample", || yard.memory(container) == MEMORY);
    }
    (engine, yard)
}

#[test]
fn a_container_that_vanishes_after_the_list_is_absent_and_no_error() {
    let (engine, yard) = observed("vanishing", &["stays", "goes"]);
    let message = json!({ "message": "No such container" }).to_string();
    let ended = answer(include_str!("answers/ended_stats.json")).to_string();
    for gone in [
        Answer::Of(404, message.clone()),
        Answer::Of(409, message),
        // Podman.
        Answer::Of(200, String::new()),
        // Docker.
        Answer::Of(200, ended),
    ] {
        engine.answer(&TestEngine::stats_of("goes"), gone.clone());
        becomes("it is gone", || yard.memory("goes").is_none());
        becomes("the other one is shown", || yard.memory("stays") == MEMORY);
        let (errors, requests) = (yard.errors(), engine.requests().len());
        becomes("it is asked again", || {
            yard.errors() > errors || engine.requests().len() > requests + 8
        });
        assert!(yard.errors() <= errors, "{gone:?}");
        engine.mend();
        becomes("it is back", || yard.memory("goes") == MEMORY);
    }
    engine.remove("goes");
    becomes("it is gone", || yard.containers() == ["stays"]);
    engine.remove("stays");
    becomes("there are none", || yard.containers().is_empty());
    // An engine without containers is read nevertheless.
    assert!(yard.sample_age().is_some());
}

#[test]
fn a_container_that_cannot_be_read_does_not_hide_the_others() {
    logs::logs();
    let (engine, yard) = observed("one-fails", &["healthy", "failing"]);
    let failure = json!({ "message": "one-fails has no cgroup" }).to_string();
    let half = cgroup_v2().to_string();
    let half = &half[..half.len() / 2];
    for fault in [
        Answer::Of(500, failure),
        Answer::Of(200, half.to_owned()),
        Answer::Cut(half.to_owned()),
        Answer::Of(200, "[]".to_owned()),
    ] {
        let before = yard.errors();
        engine.answer(&TestEngine::stats_of("failing"), fault.clone());
        becomes("errors are counted", || yard.errors() >= before + 3.0);
        becomes("it is absent", || yard.memory("failing").is_none());
        becomes("the other one is shown", || yard.memory("healthy") == MEMORY);
        engine.mend();
        becomes("it is back", || yard.memory("failing") == MEMORY);
    }
    let lines = logs::lines_about("one-fails has no cgroup");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("500 Internal Server Error"), "{lines:?}");
}

#[test]
fn an_engine_that_fails_shows_nothing_until_it_is_mended() {
    logs::logs();
    let (engine, yard) = observed("list-fails", &["hidden"]);
    let failure = json!({ "message": "list-fails is on fire" }).to_string();
    for fault in [
        Answer::Of(500, failure),
        Answer::Of(200, "{\"no\": \"list\"}".to_owned()),
        Answer::Of(200, "[{\"Id\": \"ab\"".to_owned()),
        Answer::Cut("[".to_owned()),
        // Something that is no engine.
        Answer::Of(404, "<html>".to_owned()),
    ] {
        let before = yard.errors();
        engine.answer("/containers/json", fault.clone());
        becomes("errors are counted", || yard.errors() >= before + 3.0);
        becomes("nothing is shown", || yard.containers().is_empty());
        assert!(yard.sample_age().unwrap() > 0.0, "the age goes on");
        engine.mend();
        becomes("it is back", || yard.memory("hidden") == MEMORY);
    }
    let lines = logs::lines_about("list-fails is on fire");
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn an_engine_that_is_silent_fails_after_the_time_of_a_request() {
    let engine = TestEngine::start();
    engine.run("quiet", Entry::new("quiet", cgroup_v2()));
    let limit = Duration::from_millis(50);
    let yard = Yard::observe("silent", &options(&engine).interval(OFTEN).timeout(limit));
    becomes("a sample", || yard.memory("quiet") == MEMORY);
    let fault = || engine.answer("/", Answer::Silence);
    fault();
    let before = yard.errors();
    becomes("several requests fail", || yard.errors() >= before + 3.0);
    becomes("nothing is shown", || yard.containers().is_empty());
    assert!(yard.sample_age().unwrap() >= limit.as_secs_f64());
    engine.mend();
    becomes("it answers again", || yard.memory("quiet") == MEMORY);

    // A container whose statistics never come.
    engine.run("loud", Entry::new("loud", cgroup_v2()));
    becomes("a sample", || yard.memory("loud") == MEMORY);
    engine.answer(&TestEngine::stats_of("quiet"), Answer::Silence);
    becomes("it is absent", || yard.memory("quiet").is_none());
    becomes("the other one is shown", || yard.memory("loud") == MEMORY);
}

#[test]
fn an_engine_that_comes_later_is_found_and_found_again() {
    logs::logs();
    let mut engine = TestEngine::absent();
    let yard = Yard::observe("late", &options(&engine));
    becomes("several readings fail", || yard.errors() >= 3.0);
    assert_eq!((yard.containers(), yard.sample_age()), (Vec::new(), None));
    let socket = engine.socket();
    let lines = logs::lines_about(socket.to_str().unwrap());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("cannot connect"), "{lines:?}");

    engine.run("late", Entry::new("late", cgroup_v2()));
    for _ in 0..2 {
        engine.listen();
        becomes("the engine is found", || yard.memory("late") == MEMORY);
        engine.stop();
        becomes("the engine is away", || yard.containers().is_empty());
        assert!(yard.sample_age().is_some());
    }
}
