//! The rules of grafana/dashboard-linter, each under its name, for the boards of the fixtures and
//! of the applications.
//!
//! Three are kept in another form: `allValue` is `.*` rather than `.+`, since an OTLP receiver
//! writes no `instance` for a resource without one; a value of a counter may be a side of a ratio
//! that stands behind `or`, for a burst that has no rate; and it may be a side of `unless`, for a
//! series that has appeared.

use osapi_metrics_artefacts::{catalogue::Catalogues, documents};
use promql_parser::parser::{self, Expr, VectorSelector, token};
use serde_json::Value;

use super::{QUEUE, SHOP, all_boards, catalogues, filled, of_time, panels, queries};
use crate::applications;

/// Every board, for a rule.
fn each_board(rule: impl Fn(&str, &Value)) {
    for (path, board) in all_boards() {
        rule(&path, &board);
    }
}

/// Every query of every board, for a rule: as it is written, and as it is sent.
fn each_query(rule: impl Fn(&str, &Expr)) {
    each_board(|_, board| {
        for query in panels(board).into_iter().flat_map(queries) {
            let sent = filled(board, query);
            let parsed = parser::parse(&sent);
            rule(query, &parsed.unwrap_or_else(|error| panic!("{sent}: {error}")));
        }
    });
}

/// A selector with the calls and operations around it, the outermost first.
struct Found<'a> {
    selector: &'a VectorSelector,
    around: Vec<&'a Expr>,
}

fn selectors(expression: &Expr) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut rest = vec![(expression, Vec::new())];
    while let Some((expression, around)) = rest.pop() {
        let mut inside = around.clone();
        inside.push(expression);
        match expression {
            Expr::VectorSelector(selector) => found.push(Found { selector, around }),
            Expr::MatrixSelector(range) => {
                found.push(Found { selector: &range.vs, around: inside });
            }
            Expr::Aggregate(of) => {
                rest.push((&of.expr, inside.clone()));
                rest.extend(of.param.iter().map(|parameter| (&**parameter, inside.clone())));
            }
            Expr::Unary(of) => rest.push((&of.expr, inside)),
            Expr::Binary(of) => rest.extend([(&*of.lhs, inside.clone()), (&*of.rhs, inside)]),
            Expr::Paren(of) => rest.push((&of.expr, inside)),
            Expr::Subquery(of) => rest.push((&of.expr, inside)),
            Expr::Call(of) => {
                rest.extend(of.args.args.iter().map(|argument| (&**argument, inside.clone())));
            }
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
        }
    }
    found
}

fn is_cumulative(catalogues: &Catalogues, name: &str) -> bool {
    let mut samples = catalogues.samples(name).peekable();
    assert!(samples.peek().is_some(), "no metric has samples {name}");
    samples.all(|sample| sample.kind.is_cumulative())
}

/// The operators around a selector, the outermost first.
fn operators(found: &Found<'_>) -> Vec<token::TokenId> {
    let operators = found.around.iter().filter_map(|around| match around {
        Expr::Binary(operation) => Some(operation.op.id()),
        _ => None,
    });
    operators.collect()
}

fn calls(expression: &Expr, functions: &[&str]) -> bool {
    matches!(expression, Expr::Call(call) if functions.contains(&call.func.name))
}

#[test]
fn template_datasource_rule() {
    each_board(|path, board| {
        let variables = board["templating"]["list"].as_array().unwrap().iter();
        let sources: Vec<_> = variables.filter(|of| of["type"] == "datasource").collect();
        let [source] = sources[..] else { panic!("{path}: {sources:?}") };
        assert_eq!(source["name"], "datasource", "{path}");
        assert_eq!(source["label"], "Data source", "{path}");
        assert_eq!(source["query"], "prometheus", "{path}");
    });
}

/// Also `template-on-time-change-reload-rule`.
#[test]
fn template_job_rule_and_template_instance_rule() {
    each_board(|path, board| {
        for (name, label) in [("job", "Job"), ("instance", "Instance")] {
            let variables = board["templating"]["list"].as_array().unwrap().iter();
            let variable = variables.clone().find(|variable| variable["name"] == name).unwrap();
            assert_eq!(variable["label"], label, "{path}");
            for variable in variables.filter(|variable| variable["type"] != "datasource") {
                assert_eq!(variable["type"], "query", "{path}");
                assert_eq!(variable["datasource"]["uid"], "${datasource}", "{path}");
                assert_eq!(variable["multi"], true, "{path}");
                assert_eq!(variable["includeAll"], true, "{path}");
                assert_eq!(variable["allValue"], ".*", "{path}");
                assert_eq!(variable["refresh"], 2, "{path}");
            }
        }
    });
}

#[test]
fn template_label_promql_rule() {
    each_board(|path, board| {
        for variable in board["templating"]["list"].as_array().unwrap() {
            if variable["type"] == "query" {
                let (selector, label) = label_values(variable);
                let sent = filled(board, selector);
                let parsed = parser::parse(&sent).unwrap_or_else(|e| panic!("{path}: {sent}: {e}"));
                assert!(matches!(parsed, Expr::VectorSelector(_)), "{path}: {sent}");
                assert_eq!(variable["name"], label, "{path}");
            }
        }
    });
}

/// The selector and the label of `label_values(selector, label)`.
pub(super) fn label_values(variable: &Value) -> (&str, &str) {
    let query = variable["query"].as_str().unwrap();
    let inside = query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
    inside.and_then(|inside| inside.rsplit_once(", ")).unwrap()
}

#[test]
fn panel_datasource_rule() {
    each_board(|path, board| {
        for panel in panels(board) {
            let targets = panel["targets"].as_array().unwrap();
            for source in targets.iter().chain([panel]).map(|of| &of["datasource"]) {
                assert_eq!(source["uid"], "${datasource}", "{path}: {panel}");
                assert_eq!(source["type"], "prometheus", "{path}: {panel}");
            }
        }
    });
}

/// Also `panel-no-targets-rule`.
#[test]
fn panel_title_description_rule() {
    each_board(|path, board| {
        for panel in panels(board) {
            for text in ["title", "description"] {
                assert!(!panel[text].as_str().unwrap().is_empty(), "{path}: {panel}");
            }
            assert!(!panel["targets"].as_array().unwrap().is_empty(), "{path}: {panel}");
        }
    });
}

#[test]
fn panel_units_rule() {
    // Those of the linter that the boards may have; all units are compared with Grafana's schema.
    let not_in_linter = ["rowsps", "recps", "eps", "recpm", "epm", "reqpm", "rowspm", "candela"];
    each_board(|path, board| {
        for panel in panels(board) {
            let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap();
            assert!(!unit.is_empty() && !not_in_linter.contains(&unit), "{path}: {panel}");
            if panel["type"] == "heatmap" {
                assert_eq!(panel["options"]["yAxis"]["unit"], unit, "{path}: {panel}");
            }
        }
    });
}

/// Also `target-promql-rule`, since every query is parsed.
#[test]
fn target_rate_interval_rule() {
    each_query(|query, parsed| {
        for found in selectors(parsed) {
            let [.., call, Expr::MatrixSelector(range)] = found.around[..] else { continue };
            if calls(call, &["rate", "irate"]) {
                assert_eq!(range.range.as_secs(), 30, "{query}");
            }
        }
        for window in query.split('[').skip(1).map(|rest| rest.split(']').next().unwrap()) {
            assert!(
                ["$__rate_interval", "$__range", "5m", "1h", "6h"].contains(&window),
                "{query}"
            );
        }
    });
}

#[test]
fn target_job_rule_and_target_instance_rule() {
    each_board(|path, board| {
        for query in panels(board).into_iter().flat_map(queries) {
            let parsed =
                parser::parse(&documents::filled(query, |name| of_time(name).map(str::to_owned)));
            for found in selectors(&parsed.unwrap_or_else(|error| panic!("{query}: {error}"))) {
                for label in ["job", "instance"] {
                    let is_chosen = found.selector.matchers.matchers.iter().any(|matcher| {
                        matcher.name == label
                            && matcher.op.to_string() == "=~"
                            && matcher.value == format!("${label}")
                    });
                    assert!(is_chosen, "{path}: {query}: no matcher of {label}");
                }
            }
        }
    });
}

#[test]
fn target_counter_agg_rule() {
    let of_applications = applications::catalogues();
    let of_applications = of_applications.iter().map(String::as_str);
    let catalogues =
        catalogues(&[SHOP, QUEUE].into_iter().chain(of_applications).collect::<Vec<_>>());
    each_query(|query, parsed| {
        for found in selectors(parsed) {
            let name = found.selector.name.as_deref().unwrap();
            let is_range = matches!(found.around.last(), Some(Expr::MatrixSelector(_)));
            if !is_cumulative(&catalogues, name) {
                assert!(!is_range, "{query}: {name} goes up and down");
                continue;
            }
            if operators(&found).contains(&token::T_LUNLESS) {
                continue;
            }
            let functions = ["rate", "irate", "increase"];
            let is_increase = is_range
                && found.around.iter().rev().nth(1).is_some_and(|call| calls(call, &functions));
            let operators = operators(&found);
            let is_side_of_ratio =
                operators.first() == Some(&token::T_LOR) && operators.contains(&token::T_DIV);
            let is_quantile = operators.first() == Some(&token::T_LOR)
                && found.around.iter().any(|call| calls(call, &["histogram_quantile"]));
            assert!(is_increase || is_side_of_ratio || is_quantile, "{query}: {name} only grows");
        }
    });
}

#[test]
fn uneditable_dashboard() {
    each_board(|path, board| {
        assert_eq!(board["editable"], false, "{path}");
        assert!(board["schemaVersion"].as_u64().unwrap() >= 39, "{path}");
        let uid = board["uid"].as_str().unwrap();
        assert!((8..=40).contains(&uid.len()), "{path}: {uid}");
        let marker = "Generated by `osapi-metrics generate --catalogue ";
        assert!(board["description"].as_str().unwrap().contains(marker), "{path}");
    });
}
