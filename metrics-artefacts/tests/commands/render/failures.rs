//! What cannot be drawn.

use std::{fs, process::Command};

use super::{PictureXml, board, panel, picture, prometheus, render, texts};
use crate::{
    folder, osapi_metrics,
    server::{Answer, serve_with},
};

#[test]
fn a_query_that_fails_leaves_the_other_panels() {
    let Some(prometheus) = prometheus(|_| "guests 3\n".to_owned()) else { return };
    let mut other = panel("stat", "Logs", "{app=\"shop\"}", "");
    other["datasource"] = serde_json::json!({ "type": "loki", "uid": "a" });
    let panels = [
        panel("timeseries", "Broken", "rate(guests", ""),
        panel("stat", "Guests", "guests", ""),
        other,
    ];
    let files = [("shop.json", board(&panels)), ("no.json", "{\n]".to_owned())];
    let folder = folder(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let url = prometheus.url();
    let run = render(folder.path(), &url, &["shop.json"]);
    let lines: Vec<_> = run.error.lines().collect();
    let [broken, logs] = lines[..] else { panic!("{}", run.error) };
    let begin = "osapi-metrics: shop.json#/panels/0/targets/0/expr: the query failed: ";
    assert!(broken.starts_with(begin) && broken.contains("parse error"), "{broken}");
    let expected = "shop.json#/panels/2/targets/0/expr: the query is for the data source `loki`";
    assert!(logs.contains(expected), "{logs}");
    assert_eq!(run.status, Some(1));
    let svg = picture(folder.path(), "shop.svg");
    let shown = PictureXml::of(&svg);
    assert_eq!(texts(shown.panel("Broken")), ["Broken", "query failed"]);
    assert_eq!(texts(shown.panel("Guests")), ["Guests", "3"]);

    // A file that is no dashboard does not keep the others from being drawn.
    fs::remove_file(folder.path().join("out/shop.svg")).unwrap();
    let run = render(folder.path(), &url, &["no.json", "missing.json", "shop.json"]);
    assert!(run.error.contains("no.json:2: it is not JSON"), "{}", run.error);
    assert!(run.error.contains("missing.json: it cannot be read"), "{}", run.error);
    assert_eq!(run.status, Some(2));
    picture(folder.path(), "shop.svg");
}

#[test]
fn what_a_server_says_cannot_steer_the_terminal() {
    let refusal = "{\"status\":\"error\",\"error\":\"\\u001b[2JEVIL\"}";
    let folder = folder(&[("a.json", &board(&[panel("stat", "Guests", "guests", "")]))]);
    for (status, body) in [
        ("500 Internal Server Error", "\u{1b}[2J\u{1b}[31mEVIL\r\nsecond line"),
        ("422 Unprocessable Entity", refusal),
    ] {
        let url = serve_with(move |_| Answer::Body {
            status,
            headers: String::new(),
            body: body.as_bytes().to_vec(),
        });
        let run = render(folder.path(), &url, &["a.json"]);
        assert!(run.error.contains("EVIL"), "{}", run.error);
        assert!(run.error.lines().all(|line| !line.contains(char::is_control)), "{}", run.error);
        assert_ne!(run.status, Some(0));
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_in_the_place_of_a_picture_is_not_waited_for() {
    let Some(prometheus) = prometheus(|_| "guests 3\n".to_owned()) else { return };
    let panels = [panel("stat", "Guests", "guests", "")];
    let folder = folder(&[("a.json", &board(&panels)), ("b.json", &board(&panels))]);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    assert!(Command::new("mkfifo").arg(out.join("a.svg")).status().unwrap().success());
    let run = render(folder.path(), &prometheus.url(), &["a.json", "b.json"]);
    let expected = "osapi-metrics: out/a.svg: it cannot be written: it is not a regular file\n";
    assert_eq!((run.status, run.error.as_str()), (Some(2), expected));
    picture(folder.path(), "b.svg");
}

#[test]
fn what_cannot_be_begun_is_one_sentence() {
    let files = [("a.json", board(&[])), ("b.json", "[]".to_owned())];
    let folder = folder(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    // A port that nobody listens on: it was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let run = render(folder.path(), &url, &["a.json"]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.starts_with(&format!("osapi-metrics: {url}: no answer")), "{}", run.error);
    assert_eq!(run.error.lines().count(), 1, "{}", run.error);
    assert!(!folder.path().join("out").exists());

    for (arguments, expected) in [
        (&["a.json", "./a.json"][..], "another dashboard is drawn as out/a.svg already"),
        (&["--prefix", "x/", "a.json"], "give the folder with `--out`"),
        (&["--at", "noon", "a.json"], "write it as in `2026-12-24T08:15:00Z`"),
        (&["--variable", "job", "a.json"], "it is not NAME=VALUE"),
    ] {
        let run = render(folder.path(), &url, arguments);
        assert_eq!(run.status, Some(2), "{}", run.error);
        assert!(run.error.contains(expected), "{}", run.error);
    }
    let arguments =
        ["render", "--prometheus", &url, "--out", "out", "--range", "1d", "--step", "1s", "a.json"];
    let run = osapi_metrics(folder.path(), &arguments);
    assert_eq!(run.status, Some(2));
    let expected = "--step 1s makes 86400 points of --range 1day; 1 to 2000 are drawn";
    assert!(run.error.contains(expected), "{}", run.error);
}
