use super::{catalogue, folder, osapi_metrics};

#[test]
fn the_exit_status_follows_from_the_gravest_change() {
    let folder = folder(&[
        ("old.json", &catalogue("shop_orders_total", "Orders.")),
        ("described.json", &catalogue("shop_orders_total", "Orders placed.")),
        ("renamed.json", &catalogue("shop_sales_total", "Orders.")),
        ("newer.json", r#"{"schema_version": 7}"#),
    ]);
    for (new, fail_on, status, line) in [
        ("old.json", "harmless", 0, "0 breaking, 0 compatible, 0 harmless"),
        ("described.json", "breaking", 0, "0 breaking, 0 compatible, 1 harmless"),
        ("described.json", "compatible", 0, "0 breaking, 0 compatible, 1 harmless"),
        ("described.json", "harmless", 1, "0 breaking, 0 compatible, 1 harmless"),
        ("renamed.json", "breaking", 1, "breaking: metric `shop_orders_total` is gone"),
        ("renamed.json", "harmless", 1, "compatible: metric `shop_sales_total` is new"),
    ] {
        let run = osapi_metrics(folder.path(), &["diff", "old.json", new, "--fail-on", fail_on]);
        assert_eq!(run.status, Some(status), "{new} {fail_on}: {}", run.output);
        assert!(run.output.contains(line), "{new} {fail_on}: {}", run.output);
    }
    for (arguments, line) in [
        (["diff", "old.json", "newer.json"], "newer.json: it has the schema version 7"),
        (["diff", "missing.json", "old.json"], "missing.json: it cannot be read"),
        (["diff", "old.json", "http://127.0.0.1:1/"], "http://127.0.0.1:1/: no answer"),
    ] {
        let run = osapi_metrics(folder.path(), &arguments);
        assert_eq!((run.status, run.output.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.error.contains(line), "{arguments:?}: {}", run.error);
    }
}

#[test]
fn changes_are_json_for_programs() {
    let folder = folder(&[
        ("old.json", &catalogue("shop_orders_total", "")),
        ("new.json", &catalogue("shop_sales_total", "")),
    ]);
    let run = osapi_metrics(folder.path(), &["diff", "old.json", "new.json", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.output).unwrap();
    assert_eq!(report["failed"], true);
    assert_eq!(report["changes"][0]["grade"], "breaking");
}
