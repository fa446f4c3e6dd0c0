//! What is in a picture.

use std::{
    fmt::Write,
    time::{Duration, UNIX_EPOCH},
};

use serde_json::json;

use super::{PictureXml, board, count, groups, legend, panel, picture, prometheus, render, texts};
use crate::{file, folder, generated, shop, tools::wait};

/// Samples of each form, some of which grow, with a label that XML does not take as it is.
fn exposition(scrape: u64) -> String {
    let mut text = format!(
        "orders_total{{payment=\"card\"}} {scrape}\norders_total{{payment=\"a<b & \\\"c\\\"\"}} 7\n\
         fill_ratio 0.25\ndoor_state 1\n"
    );
    for (boundary, factor) in [("0.1", 1), ("1", 3), ("+Inf", 4)] {
        let value = scrape * factor;
        writeln!(text, "wait_seconds_bucket{{le=\"{boundary}\"}} {value}").unwrap();
    }
    for shelf in 0..60 {
        writeln!(text, "shelf_items{{shelf=\"{shelf:02}\"}} {shelf}").unwrap();
    }
    text
}

#[test]
fn panels_have_titles_legends_lines_and_values() {
    let Some(prometheus) = prometheus(exposition) else { return };
    let mut lines = panel("timeseries", "Orders", "orders_total", "by {{payment}}");
    lines["fieldConfig"]["defaults"] = json!({
        "unit": "ops",
        "custom": { "fillOpacity": 10, "thresholdsStyle": { "mode": "dashed" } },
        "thresholds": { "steps": [{ "color": "green", "value": null },
                                  { "color": "red", "value": 5 },
                                  { "color": "red", "value": 1000 }] },
    });
    let mut gauge = panel("gauge", "Fill", "fill_ratio", "");
    gauge["fieldConfig"]["defaults"] = json!({ "unit": "percentunit" });
    let mut states = panel("state-timeline", "Door", "door_state", "front");
    let options = json!({ "0": { "text": "shut", "color": "green" },
                          "1": { "text": "ajar", "color": "yellow" } });
    states["fieldConfig"]["defaults"]["mappings"] =
        json!([{ "type": "value", "options": options }]);
    let heatmap = panel("heatmap", "Wait", "wait_seconds_bucket", "{{le}}");
    let figure = panel("stat", "Figure", "vector(1536)", "");
    let nothing = panel("timeseries", "Nothing", "nothing_total", "");
    let other = panel("piechart", "Pie", "orders_total", "");
    let many = panel("timeseries", "Shelves", "shelf_items", "{{shelf}}");
    let panels = [lines, gauge, states, heatmap, figure, nothing, other, many];
    let folder = folder(&[("shop.json", &board(&panels))]);
    let run = render(folder.path(), &prometheus.url(), &["shop.json"]);
    let expected = [
        "osapi-metrics: shop.json#/panels/5: the panel `Nothing` has no data [no-data]",
        "osapi-metrics: shop.json#/panels/6: the panel `Pie` is a `piechart`, which is not drawn \
         [not-drawn]",
    ];
    assert_eq!(run.error.lines().collect::<Vec<_>>(), expected);
    assert_eq!(run.status, Some(1));
    assert!(run.output.starts_with("out/shop.svg: 8 panels, 2 "), "{}", run.output);

    let svg = picture(folder.path(), "shop.svg");
    let shown = PictureXml::of(&svg);
    let title = shown.0.descendants().find(|node| node.has_tag_name("title")).unwrap();
    assert_eq!(title.text(), Some("Shop & <till>"));

    let orders = shown.panel("Orders");
    assert_eq!(legend(orders), ["by a<b & \"c\"", "by card"]);
    // A line and an area for each series, and a threshold that is inside the axis.
    assert!(groups(orders, "series").all(|series| count(series, "path") == 2));
    assert_eq!(groups(orders, "series").count(), 2);
    assert_eq!(groups(orders, "threshold").count(), 1);
    assert!(texts(orders).iter().any(|text| text.ends_with(" ops/s")), "{:?}", texts(orders));

    assert_eq!(texts(shown.panel("Fill")), ["Fill", "25%"]);
    let door = shown.panel("Door");
    assert_eq!(legend(door), ["shut", "ajar"]);
    assert!(texts(door).contains(&"front".to_owned()));
    assert_eq!(groups(door, "series").map(|series| count(series, "rect")).sum::<usize>(), 1);
    let wait = texts(shown.panel("Wait"));
    for boundary in ["0.1", "1", "+Inf"] {
        assert!(wait.contains(&boundary.to_owned()), "{wait:?}");
    }
    assert_eq!(texts(shown.panel("Figure")), ["Figure", "1536"]);
    assert_eq!(texts(shown.panel("Nothing")), ["Nothing", "no data"]);
    assert_eq!(texts(shown.panel("Pie")), ["Pie", "not drawn: piechart"]);
    let shelves = shown.panel("Shelves");
    assert_eq!(groups(shelves, "series").count(), 50);
    assert!(texts(shelves).contains(&"50 of 60 series".to_owned()), "{:?}", texts(shelves));
    // Nothing is loaded from somewhere else.
    for word in ["href", "url(", "<script", "@import"] {
        assert!(!svg.contains(word), "{word}");
    }
}

#[test]
fn the_same_data_give_the_same_picture() {
    let Some(prometheus) = prometheus(exposition) else { return };
    let panels = [
        panel("timeseries", "Orders", "rate(orders_total[$__rate_interval])", "{{payment}}"),
        panel("stat", "Shelves", "shelf_items", "{{shelf}}"),
        panel("heatmap", "Wait", "wait_seconds_bucket", "{{le}}"),
    ];
    let folder = folder(&[("shop.json", &board(&panels))]);
    let at = prometheus.number("floor(vector(time()))").unwrap();
    // No scrape from before is stored any more when a later one is.
    wait("a later scrape", || prometheus.number("timestamp(up)").filter(|time| *time > at));
    let at = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs_f64(at));
    let at = at.to_string();
    let drawn = || {
        let run = render(folder.path(), &prometheus.url(), &["--at", &at, "shop.json"]);
        assert_eq!((run.status, run.error.as_str()), (Some(0), ""));
        picture(folder.path(), "shop.svg")
    };
    assert_eq!(drawn(), drawn());
}

/// Variables of the board, and those of the command.
#[test]
fn queries_have_the_values_of_variables() {
    let Some(prometheus) = prometheus(exposition) else { return };
    let query = "shelf_items{shelf=~\"$shelf\", job=~\"$job\"}";
    let mut board: serde_json::Value =
        serde_json::from_str(&board(&[panel("timeseries", "Shelves", query, "{{shelf}}")]))
            .unwrap();
    let variable = |name: &str, query: &str| {
        json!({ "name": name, "type": "query", "query": query, "multi": true, "includeAll": true,
                "current": { "value": ["$__all"] } })
    };
    board["templating"]["list"] = json!([
        variable("job", "label_values(up, job)"),
        variable("shelf", "label_values(shelf_items{shelf=~\"0[123]\", job=~\"$job\"}, shelf)"),
    ]);
    let folder = folder(&[("shop.json", &board.to_string())]);
    for (arguments, expected) in [
        (&[][..], &["01", "02", "03"][..]),
        (&["--variable", "shelf=04"], &["04"]),
        (&["--variable", "shelf=04", "--variable", "shelf=05"], &["04", "05"]),
        (&["--variable", "job=none"], &[]),
    ] {
        let arguments = [arguments, &["shop.json"]].concat();
        let run = render(folder.path(), &prometheus.url(), &arguments);
        let svg = picture(folder.path(), "shop.svg");
        assert_eq!(legend(PictureXml::of(&svg).panel("Shelves")), expected, "{}", run.error);
    }
}

/// Every panel of the boards that are generated from the whole catalogue.
#[test]
fn no_generated_panel_is_left_out() {
    let Some(prometheus) = prometheus(exposition) else { return };
    let artefacts = generated(&[&shop()]);
    let names = ["jobs", "metrics", "till"];
    let texts = names.map(|name| file(&artefacts, &format!("dashboards/{name}.json")));
    let files: Vec<_> = names.iter().map(|name| format!("{name}.json")).collect();
    let folder = folder(&files.iter().map(String::as_str).zip(texts).collect::<Vec<_>>());
    let arguments: Vec<_> = files.iter().map(String::as_str).collect();
    let run =
        render(folder.path(), &prometheus.url(), &[&["--prefix", "a-"], &arguments[..]].concat());
    assert!(
        !run.error.contains("not-drawn") && !run.error.contains("refused-query"),
        "{}",
        run.error
    );
    for (name, json) in names.iter().zip(texts) {
        let board: serde_json::Value = serde_json::from_str(json).unwrap();
        let svg = picture(folder.path(), &format!("a-{name}.svg"));
        let shown = PictureXml::of(&svg);
        let panels = board["panels"].as_array().unwrap();
        let rows = panels.iter().filter(|panel| panel["type"] == "row").count();
        assert_eq!(groups(shown.0.root(), "row").count(), rows);
        let drawn = groups(shown.0.root(), "panel").count();
        assert!(drawn >= panels.len() - rows && drawn > 2, "{name}: {drawn}");
    }
}
