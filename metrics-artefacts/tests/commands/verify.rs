mod exposition;
mod prometheus;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    time::Instant,
};

use exposition::{whole, whole_in_openmetrics};
use serde_json::Value;

use super::{
    Run, folder, osapi_metrics,
    server::{Answer, serve, serve_with},
};

/// The catalogue of a shop, with every feature of catalogues.
fn shop_catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shop.json")
}

/// Runs `verify` with the catalogue of the shop.
fn verify(arguments: &[&str]) -> Run {
    let catalogue = shop_catalogue();
    let folder = folder(&[]);
    let all: Vec<_> = ["verify", "--catalogue", catalogue.to_str().unwrap()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    osapi_metrics(folder.path(), &all)
}

/// The last line of a run in which everything was recorded.
const ALL: &str = "coverage: 37 of 37 metrics (100.0 %), 33 of 33 closed values (100.0 %)\n";

#[test]
fn a_system_that_has_recorded_everything_is_covered() {
    for answer in [Answer::text(&whole()), Answer::open(&whole_in_openmetrics())] {
        let url = serve(answer);
        let run = verify(&[&url, "--coverage", "100", "--value-coverage", "100"]);
        assert_eq!((run.status, run.output.as_str()), (Some(0), ALL), "{}", run.error);
        assert_eq!(run.error, "");
    }
}

#[test]
fn each_mistake_is_named_with_its_line() {
    let (text, open) = (whole(), whole_in_openmetrics());
    for (old, new, expected) in [
        (
            "shop_guests{}",
            "shop_gests{}",
            "`shop_gests` is exposed and not declared; did you mean `shop_guests`? [undeclared-metric]",
        ),
        (
            "# TYPE shop_guests gauge",
            "# TYPE shop_guests counter",
            "`shop_guests` has the type counter and is declared as gauge [other-type]",
        ),
        (
            "# HELP shop_guests Guests",
            "# HELP shop_guests Visitors",
            "the HELP of `shop_guests` is `Visitors in the shop.`, and the declared one is `Guests in the shop.` [other-help]",
        ),
        (
            "shop_guests{}",
            "shop_guests{room=\"a\"}",
            "`shop_guests` has the label `room`, which is not declared; it has no labels [undeclared-label]",
        ),
        (
            "shop_orders_paid_total{payment=\"card\"}",
            "shop_orders_paid_total{payment=\"cart\"}",
            "the label `payment` of `shop_orders_paid_total` has the undeclared value `cart`; did you mean `card`? [undeclared-value]",
        ),
        (
            "shop_visitors_total{card=\"a\"}",
            "shop_visitors_total{otel_metric_overflow=\"true\"}",
            "`shop_visitors_total` has an overflow series",
        ),
        (
            "shop_visitors_total{card=\"a\"} 1",
            "shop_visitors_total{card=\"a\"} NaN",
            "`shop_visitors_total{card=\"a\"}` has the value NaN, and a counter is a finite number from 0 on [invalid-value]",
        ),
        (
            "shop_basket_size_bytes_bucket{le=\"1024.0\"}",
            "shop_basket_size_bytes_bucket{le=\"1000\"}",
            "`shop_basket_size_bytes` has other boundaries than declared: it lacks `1024` and adds `1000` [other-boundaries]",
        ),
    ] {
        assert!(text.contains(old), "{old}");
        let changed = text.replace(old, new);
        let (url, run) = run(Answer::text(&changed));
        let line = run.output.lines().next().unwrap();
        assert!(line.starts_with(&format!("{url}:")) && line.contains(expected), "{old}: {line}");
        // The line is the one of the family or of the first sample.
        let number: usize = line[url.len() + 1..].split_once(':').unwrap().0.parse().unwrap();
        let named = changed.lines().nth(number - 1).unwrap();
        assert!(named.contains("shop_"), "{line}: {named}");
        assert_eq!(run.status, Some(1), "{}", run.output);
    }
    let unit = "# UNIT shop_checkout_duration_seconds";
    let (_, run) =
        run(Answer::open(&open.replace(&format!("{unit} seconds"), &format!("{unit} ms"))));
    assert!(run.output.contains("has the unit `ms`, and the declared one is `seconds`"));
    assert_eq!(run.status, Some(1));
}

fn run(answer: Answer) -> (String, Run) {
    let url = serve(answer);
    let run = verify(&[&url]);
    (url, run)
}

#[test]
fn what_was_missed_is_a_table_by_set() {
    let mut text = String::new();
    for line in whole().lines() {
        let not_exposed =
            line.contains("shop_shelf_fill_ratio") || line.contains("osapi_jobs_active");
        let never = ["shop_basket_size_bytes_count", "shop_basket_size_bytes_bucket"]
            .iter()
            .any(|name| line.starts_with(name));
        let cash = line.starts_with("shop_orders_paid_total{payment=\"cash\"");
        let failed = line.starts_with("osapi_metrics_exports_total{outcome=\"failed\"");
        if never || cash {
            text.extend([line.trim_end_matches('1'), "0\n"]);
        } else if !not_exposed && !failed {
            text.extend([line, "\n"]);
        }
    }
    let (_, run) = run(Answer::text(&text));
    assert_eq!(
        run.output,
        "JobMetrics of osapi-metrics\n  \
           osapi_jobs_active            not exposed\n\
         ExportMetrics of osapi-metrics\n  \
           osapi_metrics_exports_total  never with outcome: `failed`\n\
         ShopMetrics of shop\n  \
           shop_orders_paid_total       never with payment: `cash`\n  \
           shop_basket_size_bytes       never recorded\n  \
           shop_shelf_fill_ratio        not exposed\n\
         coverage: 34 of 37 metrics (91.8 %), 31 of 33 closed values (93.9 %)\n"
    );
    assert_eq!(run.status, Some(0));

    let url = serve(Answer::text(&text));
    for (arguments, status, line) in [
        (&["--coverage", "91.8", "--value-coverage", "93.9"][..], 0, ""),
        (
            &["--coverage", "92"],
            1,
            "verify: 34 of 37 metrics were recorded (91.8 %), and 92 % have to be [low-coverage]\n",
        ),
        (
            &["--value-coverage", "100"],
            1,
            "verify: 31 of 33 closed values were recorded (93.9 %), and 100 % have to be [low-value-coverage]\n",
        ),
        (
            &["--coverage", "100", "--exclude", "osapi_.*|shop_shelf_.*|shop_basket_.*"],
            0,
            "ShopMetrics of shop\n",
        ),
    ] {
        let run = verify(&[&[url.as_str()], arguments].concat());
        assert_eq!(run.status, Some(status), "{arguments:?}: {}", run.output);
        assert!(run.output.starts_with(line), "{arguments:?}: {}", run.output);
    }
}

#[test]
fn the_example_of_the_page_is_what_the_program_prints() {
    let mut text = String::new();
    for line in whole().lines() {
        let missed = line.contains("shop_shelf_fill_ratio");
        if line.starts_with("shop_basket_size_bytes_count") {
            text.push_str("shop_basket_size_bytes_count 0\n");
        } else if line.starts_with("shop_basket_size_bytes_bucket") {
            text.extend([line.trim_end_matches('1'), "0\n"]);
        } else if !missed {
            text.extend([line, "\n"]);
        }
    }
    let text = text.replace("shop_guests", "shop_gests");
    let text = text.replace("paid_total{payment=\"cash\"}", "paid_total{payment=\"check\"}");
    let url = serve(Answer::text(&text));
    let run = verify(&[&url, "--coverage", "100"]);
    assert_eq!(run.status, Some(1));
    let output = run.output.replace(&url, "http://127.0.0.1:9090/metrics");
    let page = include_str!("../../README.md");
    assert!(page.contains(&format!("```text\n{output}```\n")), "{output}");
}

#[test]
fn processes_cover_their_system_together() {
    let (jobs, others): (Vec<_>, Vec<_>) = whole().lines().map(str::to_owned).partition(|line| {
        line.replace("# TYPE ", "").replace("# HELP ", "").starts_with("osapi_job")
    });
    let urls = [jobs, others].map(|lines| serve(Answer::text(&(lines.join("\n") + "\n"))));
    let gate = ["--coverage", "100", "--value-coverage", "100"];
    assert_eq!(verify(&[&[urls[0].as_str()], &gate[..]].concat()).status, Some(1));
    assert_eq!(verify(&[&[urls[1].as_str()], &gate[..]].concat()).status, Some(1));
    let run = verify(&[&urls.each_ref().map(String::as_str)[..], &gate].concat());
    assert_eq!((run.status, run.output.as_str()), (Some(0), ALL));
}

#[test]
fn a_run_that_saw_nothing_does_not_pass() {
    let about_metrics: String = whole()
        .lines()
        .filter(|line| line.contains("osapi_metrics_"))
        .flat_map(|line| [line, "\n"])
        .collect();
    for text in ["", "node_load1 1\n", &about_metrics, "shop_orders_paid_total 0\n"] {
        let (_, run) = run(Answer::text(text));
        assert_eq!(run.status, Some(1), "{text}");
        assert!(run.output.contains("no declared metric was recorded"), "{}", run.output);
    }
}

#[test]
fn what_cannot_be_checked_is_named_and_the_rest_is_checked() {
    let good = serve(Answer::text(&whole()));
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/metrics", listener.local_addr().unwrap())
    };
    let mut gzip = Answer::ok("text/plain\r\nContent-Encoding: gzip", [0x1f, 0x8b, 8, 0]);
    let failure = |status, body: &str| Answer::Body {
        status,
        headers: String::new(),
        body: body.as_bytes().to_vec(),
    };
    for (answer, expected) in [
        (None, ": no answer: "),
        (Some(Answer::Silence), ": no answer within 3s [no-answer]"),
        (Some(Answer::Beginning("a 1\n")), ": no answer within 3s [no-answer]"),
        (
            Some(failure("500 Internal Server Error", "a collection failed")),
            ": the answer has the status 500: a collection failed [no-answer]",
        ),
        (Some(failure("401 Unauthorized", "")), ": the answer has the status 401 [no-answer]"),
        (
            Some(failure("500 Internal Server Error", "\u{1b}[31ma\nb: 1")),
            ": the answer has the status 500: \\u{1b}[31ma\\nb: 1 [no-answer]",
        ),
        (
            Some(std::mem::replace(&mut gzip, Answer::Silence)),
            ": the answer is compressed with `gzip`, which was not asked for",
        ),
        (Some(Answer::ok("text/plain", [0xff, 0xfe])), ": the answer cannot be read"),
        (
            Some(Answer::ok("text/html; charset=utf-8", "<html>")),
            ": the answer is HTML and not an exposition; give the path of the metrics",
        ),
        (Some(Answer::text(" <!doctype html>")), ": the answer is HTML and not an exposition"),
        (Some(Answer::ok("application/json", "{}")), ": the answer is JSON and not an exposition"),
        (
            Some(Answer::text("{\"status\": \"success\"}")),
            ": the answer is JSON and not an exposition",
        ),
        (
            Some(Answer::text("a 1\nb{c=\"d} 1\n")),
            ":2: the quotation mark before `d} 1` is not closed in its line [no-exposition]",
        ),
        (Some(Answer::open("a 1\nb 2\n")), ":2: the exposition breaks off: there is no `# EOF`"),
    ] {
        let url = answer.map_or_else(|| closed.clone(), serve);
        let timeout = if expected.contains("within 3s") { "3s" } else { "1m" };
        let run = verify(&[&url, &good, "--timeout", timeout]);
        let line = run.output.lines().next().unwrap_or_default();
        assert!(
            line.starts_with(&url) && line[url.len()..].starts_with(expected),
            "{expected}: {line}"
        );
        assert_eq!(run.output.lines().count(), 2, "{}", run.output);
        assert!(run.output.ends_with(ALL), "{}", run.output);
        assert_eq!(run.status, Some(2), "{}", run.output);
    }
    let run = verify(&[&closed]);
    assert_eq!((run.status, run.output.lines().count()), (Some(2), 1), "{}", run.output);
}

#[test]
fn hostile_expositions_end() {
    let label = "x".repeat(1 << 20);
    let names = (0..100_001).fold(String::new(), |text, nth| text + &format!("a{nth} 1\n"));
    let many_lines = "shop_guests 1\n".repeat(1_000_000);
    let begin = Instant::now();
    for (answer, status, expected) in [
        (Answer::text(&format!("shop_guests{{a=\"{label}\"}} 1\n")), 1, "the label `a`, which is"),
        (Answer::text(&format!("{label} 1\nshop_guests 1\n")), 1, "is exposed and not declared"),
        (Answer::text(&names), 2, ":100001: the exposition has more than 100000 names"),
        (Answer::text(&many_lines), 1, "is exposed without a type"),
        (Answer::Endless("shop_guests 1\n"), 2, ": the answer cannot be read"),
    ] {
        let (_, run) = run(answer);
        assert_eq!(run.status, Some(status), "{}", run.output);
        assert!(run.output.contains(expected), "{expected}: {}", run.output);
        assert!(run.output.len() < 20_000, "{expected}: {}", run.output.len());
    }
    assert!(begin.elapsed().as_secs() < 120, "{:?}", begin.elapsed());
}

#[test]
fn programs_get_json_with_the_statistics_of_weaver() {
    let text = whole()
        .replace("shop_guests{}", "shop_guests{room=\"a\"}")
        .replace("shop_orders_paid_total{payment=\"cash\"} 1", "shop_orders_paid_total{} 0");
    let url = serve(Answer::text(&format!("{text}strange 1\n")));
    let run = verify(&[&url, "--format", "json"]);
    assert_eq!(run.status, Some(1));
    let report: Value = serde_json::from_str(&run.output).unwrap();
    let rules: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert_eq!(rules, ["undeclared-metric", "undeclared-label"]);
    assert_eq!(report["unchecked"], Value::Array(Vec::new()));
    assert_eq!(report["coverage"]["metrics"]["seen"], 37);
    assert_eq!(report["coverage"]["closed_values"]["seen"], 32);
    let metrics = report["metrics"].as_array().unwrap();
    let orders = metrics.iter().find(|one| one["name"] == "shop_orders_paid_total").unwrap();
    assert_eq!(orders["presence"], "recorded");
    assert_eq!(orders["labels"][0]["missing"][0], "cash");

    let statistics = &report["statistics"];
    assert_eq!(statistics["total_advisories"], 2);
    assert_eq!(statistics["advice_level_counts"]["violation"], 2);
    assert_eq!(statistics["highest_advice_level_counts"]["violation"], 2);
    assert_eq!(statistics["advice_type_counts"]["undeclared-label"], 1);
    assert_eq!(statistics["seen_registry_metrics"]["shop.shelf.fill"], 1);
    assert_eq!(statistics["seen_non_registry_metrics"]["strange"], 1);
    assert_eq!(statistics["seen_non_registry_attributes"]["room"], 1);
    assert_eq!(statistics["total_entities_by_type"]["metric"], 38);
    assert_eq!(statistics["registry_coverage"], 1.0);
    let total = statistics["total_entities"].as_u64().unwrap();
    assert_eq!(statistics["no_advice_count"].as_u64(), Some(total - 2));
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    for (arguments, expected) in [
        (&[][..], "<URL>..."),
        (&["localhost:9090"], "an address begins with `http://` or `https://`"),
        (&["http://a", "--coverage", "101"], "`101` is not a number from 0 to 100"),
        (&["http://a", "--allow", "("], "it is not a regular expression"),
        (&["http://a", "--timeout", "0s"], "expected a duration from 1ms to 10 years"),
        (&["http://a", "--since", "soon"], "invalid value 'soon'"),
    ] {
        let run = verify(arguments);
        assert_eq!((run.status, run.output.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.error.contains(expected), "{arguments:?}: {}", run.error);
    }
    let folder = folder(&[]);
    let run = osapi_metrics(folder.path(), &["verify", "--catalogue", "a.json", "http://a"]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.contains("a.json: it cannot be read"), "{}", run.error);
}

#[test]
fn a_prometheus_that_is_away_or_something_else_is_named() {
    let json = |body: &'static str| Answer::ok("application/json", body);
    let refuses = move |path: &str| {
        if path.starts_with("/prom/api/v1/query") {
            let body = br#"{"status":"error","errorType":"execution","error":"too many samples"}"#;
            let headers = "Content-Type: application/json\r\n".to_owned();
            Answer::Body { status: "422 Unprocessable Entity", headers, body: body.to_vec() }
        } else {
            json(r#"{"status":"success","data":{}}"#)
        }
    };
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let not_found = Answer::Body { status: "404 Not Found", headers: String::new(), body: vec![] };
    for (url, expected) in [
        (closed, ": no answer: "),
        (serve_with(|_| Answer::Silence), ": no answer within 3s [no-answer]"),
        (
            serve_with(|_| Answer::ok("text/html", "<html>")),
            ": `/api/v1/query` does not answer as a Prometheus does",
        ),
        (serve_with(move |_| json("[]")), ": `/api/v1/query` does not answer as a Prometheus does"),
        (serve_with(move |_| not_found.clone()), ": `/api/v1/query` answers with the status 404"),
        (
            serve_with(refuses) + "/prom/",
            ": `/api/v1/query` answers with the status 422: `{\\\"status\\\":\\\"error\\\"",
        ),
    ] {
        let good = serve(Answer::text(&whole()));
        let timeout = if expected.contains("within 3s") { "3s" } else { "1m" };
        let run = verify(&["--prometheus", &url, "--timeout", timeout, &good]);
        let line = run.output.lines().next().unwrap_or_default();
        assert!(
            line.starts_with(&url) && line[url.len()..].starts_with(expected),
            "{expected}: {line}"
        );
        assert_eq!(run.output.lines().count(), 2, "{}", run.output);
        assert!(run.output.ends_with(ALL), "{}", run.output);
        assert_eq!(run.status, Some(2), "{}", run.output);
    }
}
