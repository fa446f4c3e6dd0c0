use std::{fmt::Write, fs};

use serde_json::Value;

use super::{Run, catalogue, fixtures, folder, osapi_metrics};

/// A file with each of the mistakes that the program knows, and one that cannot be parsed.
#[test]
fn every_mistake_is_found_with_its_place() {
    let folder = fixtures().join("check");
    let arguments = ["check", "--catalogue", "../shop.json", "board.json", "rules.yml", "page.md"];
    let run = osapi_metrics(&folder, &arguments);
    let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
    assert_eq!(run.output, expected, "{}", run.error);
    assert_eq!(run.status, Some(2));
}

/// The rules that the page of the package shows, each with a message of the run above.
#[test]
fn the_table_of_rules_has_every_rule() {
    let page = fs::read_to_string(fixtures().join("../../README.md")).unwrap();
    let output = fs::read_to_string(fixtures().join("check/expected.txt")).unwrap();
    let mut shown = Vec::new();
    for row in page.lines().filter(|line| line.starts_with("| `") && line.ends_with(" `` |")) {
        let rule = row.split('`').nth(1).unwrap();
        let message = row.rsplit(" | `` ").next().unwrap().trim_end_matches(" `` |");
        assert!(output.contains(&format!(": {message} [{rule}]\n")), "{rule}: {message}");
        shown.push(rule);
    }
    for line in output.lines().filter(|line| line.ends_with(']')) {
        let rule = line.rsplit('[').next().unwrap().trim_end_matches(']');
        assert!(shown.contains(&rule) || rule.ends_with("-syntax"), "{rule} is not in the table");
    }
}

#[test]
fn the_exit_status_says_how_it_ended() {
    let files = [
        ("catalogue.json", catalogue("shop_orders_total", "Orders.")),
        ("newer.json", r#"{"schema_version": 7}"#.to_owned()),
        ("right.md", "```promql\nrate(shop_orders_total[5m])\n```\n".to_owned()),
        ("wrong.md", "```promql\nrate(shop_order_total[5m])\n```\n".to_owned()),
        ("others.md", "```promql\nnode_load1 / rate(other_total[5m])\n```\n".to_owned()),
        ("syntax.yml", "groups:\n- name: shop\n  rules: [\n".to_owned()),
        ("syntax.json", "{\"panels\": [\n}".to_owned()),
        ("query.md", "```promql\nrate(shop_orders_total[5m]))\n```\n".to_owned()),
        ("text.txt", "rate(shop_order_total[5m])".to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let folder = folder(&files);
    let check = |arguments: &[&str]| -> Run {
        let arguments = [&["check", "--catalogue"], arguments].concat();
        osapi_metrics(folder.path(), &arguments)
    };
    for (arguments, status, line) in [
        (&["catalogue.json", "right.md"][..], 0, "0 mistakes found, 0 places could not be checked"),
        (
            &["catalogue.json", "right.md", "wrong.md"],
            1,
            "wrong.md:2: no samples are named `shop_order_total`; did you mean `shop_orders_total`? \
             [unknown-metric]",
        ),
        (&["catalogue.json", "others.md"], 1, "2 mistakes found, 0 places could not be checked"),
        (
            &["catalogue.json", "--allow", "node_.*", "--allow", "other_.*", "others.md"],
            0,
            "0 mistakes found, 0 places could not be checked",
        ),
        (&["catalogue.json", "syntax.yml"], 2, "syntax.yml:4: it is not YAML: "),
        (&["catalogue.json", "syntax.json"], 2, "syntax.json:2: it is not JSON: "),
        (
            &["catalogue.json", "query.md"],
            2,
            "query.md:2: `)` in line 1, column 28 of the query closes nothing",
        ),
        (&["catalogue.json", "text.txt"], 2, "text.txt: the ending says nothing"),
        (&["catalogue.json", "missing.md"], 2, "missing.md: it cannot be read: "),
        // The rest is checked.
        (&["catalogue.json", "syntax.yml", "wrong.md"], 2, "1 mistake found, 1 place could not"),
    ] {
        let run = check(arguments);
        assert_eq!(run.status, Some(status), "{arguments:?}: {}", run.output);
        assert!(run.output.contains(line), "{arguments:?}: {}", run.output);
        assert_eq!(run.error, "", "{arguments:?}");
    }
    for (arguments, line) in [
        (&["newer.json", "right.md"][..], "newer.json: it has the schema version 7"),
        (&["missing.json", "right.md"], "missing.json: it cannot be read"),
        (&["catalogue.json", "--allow", "(", "right.md"], "it is not a regular expression"),
        (&["catalogue.json"], "<FILE>"),
    ] {
        let run = check(arguments);
        assert_eq!((run.status, run.output.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.error.contains(line), "{arguments:?}: {}", run.error);
    }
}

#[test]
fn findings_are_json_for_programs() {
    let arguments = [
        "check",
        "--catalogue",
        "shop.json",
        "--format",
        "json",
        "check/page.md",
        "check/rules.yml",
    ];
    let run = osapi_metrics(&fixtures(), &arguments);
    let report: Value = serde_json::from_str(&run.output).unwrap();
    let first = &report["findings"][0];
    assert_eq!(first["rule"], "unknown-label");
    assert_eq!(first["file"], "check/page.md");
    assert_eq!(first["place"]["line"], 7);
    assert_eq!(first["remedy"], "did you mean `result`?");
    assert_eq!(report["unchecked"][0]["rule"], "promql-syntax");
    assert_eq!(run.status, Some(2));
}

#[test]
fn a_record_of_one_file_is_known_in_the_others() {
    let rules = "groups: [{name: a, rules: [{record: shop:orders, expr: 'sum(rate(shop_orders_total[5m]))'}]}]";
    let folder = folder(&[
        ("catalogue.json", &catalogue("shop_orders_total", "")),
        ("page.md", "```promql\nshop:orders > 1\n```\n"),
        ("rules.yml", rules),
    ]);
    let check = |files: &[&str]| {
        let arguments = [&["check", "--catalogue", "catalogue.json"], files].concat();
        osapi_metrics(folder.path(), &arguments)
    };
    assert_eq!(check(&["page.md"]).status, Some(1));
    let run = check(&["page.md", "rules.yml"]);
    assert_eq!(run.status, Some(0), "{}", run.output);
}

/// Nothing that a file has ends the program in another way than with a sentence.
#[test]
fn deep_and_large_files_are_read_or_named() {
    let deep = 100_000;
    let mut board = String::from(r#"{"panels": ["#);
    while board.len() < 10 * 1024 * 1024 {
        let nth = board.len() % 40;
        let _ = write!(
            board,
            r#"{{"targets": [{{"expr": "sum by (le) (rate(shop_orders_total{{job=\"{nth}\"}}[$__rate_interval]))"}}],
               "options": {{"content": "<script>{:1000}</script>"}}}},"#,
            ""
        );
    }
    board.push_str("{}]}");
    let query = format!("```promql\n{}x{}\n```\n", "(".repeat(deep), ")".repeat(deep));
    let folder = folder(&[
        ("catalogue.json", &catalogue("shop_orders_total", "")),
        ("large.json", &board),
        ("arrays.json", &("[".repeat(deep) + &"]".repeat(deep))),
        ("lists.yml", &("groups: ".to_owned() + &"[".repeat(deep) + &"]".repeat(deep))),
        ("indented.yml", &"- ".repeat(deep)),
        ("parentheses.md", &query),
        ("quotes.md", &"> ".repeat(deep)),
    ]);
    for (file, status, line) in [
        ("large.json", 1, "has no label `le` for `by`"),
        ("arrays.json", 2, "recursion limit exceeded"),
        ("lists.yml", 2, "recursion limit exceeded"),
        ("indented.yml", 2, "around each other"),
        ("parentheses.md", 2, "the query has more than"),
        ("quotes.md", 0, "0 mistakes found"),
    ] {
        let run = osapi_metrics(folder.path(), &["check", "--catalogue", "catalogue.json", file]);
        let beginning: String = run.output.chars().take(500).collect();
        assert_eq!(run.status, Some(status), "{file}: {beginning} {}", run.error);
        assert!(run.output.contains(line), "{file}: {beginning}");
    }
}
