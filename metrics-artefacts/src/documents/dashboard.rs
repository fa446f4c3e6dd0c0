use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    document::{Document, Expression, LabelUse, Role, Syntax},
    place::below,
    templates,
};
use crate::{
    finding::Place,
    promql::{LabelValues, has_in_code, inside_call},
};

/// What a dashboard, or a library panel, has one of.
const KEYS: [&str; 7] =
    ["panels", "rows", "elements", "templating", "targets", "model", "__elements"];

/// Reads a dashboard of Grafana: exported or saved, with rows in rows, library panels, variables
/// and annotations, or a library panel alone.
pub(super) fn read(document: &mut Document, text: &str) {
    let root: Value = match serde_json::from_str(text) {
        Ok(root) => root,
        Err(error) => {
            let place = Some(Place::Line(error.line().max(1)));
            return document.not_checked("json-syntax", place, format!("it is not JSON: {error}"));
        }
    };
    let board =
        ["dashboard", "spec"].iter().find_map(|key| root.get(key).filter(|v| v.is_object()));
    let board = board.unwrap_or(&root);
    if !KEYS.iter().any(|key| board.get(key).is_some()) {
        let problem = "it is not a dashboard: it has neither `panels` nor `rows`";
        return document.not_checked("unknown-file", None, problem);
    }
    let variables = Variables::of(board, &root);
    document.variables.clone_from(&variables.names);
    let mut reader = Reader { document, variables };
    reader.visit(&root, &mut String::new(), &Source::Default, false);
}

/// The variables of a dashboard.
struct Variables {
    names: Option<BTreeSet<String>>,
    /// What a variable for data sources chooses from.
    sources: BTreeMap<String, String>,
}

impl Variables {
    fn of(board: &Value, root: &Value) -> Self {
        let classic = board.pointer("/templating/list").and_then(Value::as_array);
        let later = board.get("variables").and_then(Value::as_array);
        let has_panels = ["panels", "rows", "elements"].iter().any(|key| board.get(key).is_some());
        let mut names = BTreeSet::new();
        let mut sources = BTreeMap::new();
        let text = |value: &Value, key| value.get(key).and_then(Value::as_str).map(str::to_owned);
        for variable in classic.into_iter().flatten() {
            let Some(name) = text(variable, "name") else { continue };
            if text(variable, "type").as_deref() == Some("datasource")
                && let Some(plugin) = text(variable, "query")
            {
                sources.insert(name.clone(), plugin);
            }
            names.insert(name);
        }
        for variable in later.into_iter().flatten() {
            let Some(spec) = variable.get("spec") else { continue };
            let Some(name) = text(spec, "name") else { continue };
            if let Some(plugin) = text(spec, "pluginId") {
                sources.insert(name.clone(), plugin);
            }
            names.insert(name);
        }
        for key in ["__inputs", "inputs"] {
            let inputs = root.get(key).and_then(Value::as_array);
            for input in inputs.into_iter().flatten() {
                let Some(name) = text(input, "name") else { continue };
                if let Some(plugin) = text(input, "pluginId") {
                    sources.insert(name.clone(), plugin);
                }
                names.insert(name);
            }
        }
        Self { names: has_panels.then_some(names), sources }
    }

    /// The source that a name or a variable means.
    fn source(&self, name: &str) -> Source {
        let variable = name.trim_start_matches(['$', '{', '[']).trim_end_matches(['}', ']']);
        if variable != name {
            let variable = variable.split(':').next().unwrap_or(variable);
            return self.sources.get(variable).map_or(Source::Unknown, |kind| Source::of(kind));
        }
        match name {
            "-- Mixed --" | "default" | "" => Source::Default,
            _ => Source::Unknown,
        }
    }
}

/// The source of data of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// Nothing says another one.
    Default,
    Prometheus,
    /// Named, and of a kind that is not known.
    Unknown,
    Other,
}

impl Source {
    fn of(kind: &str) -> Self {
        if kind.to_ascii_lowercase().contains("prometheus") {
            Self::Prometheus
        } else {
            Self::Other
        }
    }
}

struct Reader<'a> {
    document: &'a mut Document,
    variables: Variables,
}

impl Reader<'_> {
    /// Visits every object for queries. Serde limits the depth.
    fn visit(&mut self, value: &Value, pointer: &mut String, source: &Source, is_series: bool) {
        match value {
            Value::Array(items) => {
                for (nth, item) in items.iter().enumerate() {
                    let length = pointer.len();
                    pointer.push('/');
                    pointer.push_str(&nth.to_string());
                    self.visit(item, pointer, source, is_series);
                    pointer.truncate(length);
                }
            }
            Value::Object(object) => {
                let source = self.source(object, source);
                self.query(object, pointer, &source, is_series);
                for (key, child) in object {
                    let length = pointer.len();
                    *pointer = below(pointer, key);
                    match (key.as_str(), child) {
                        ("templating" | "variables", _) => self.variables(child, pointer, &source),
                        ("annotations", _) => self.visit(child, pointer, &source, true),
                        (_, Value::Array(_) | Value::Object(_)) => {
                            self.visit(child, pointer, &source, is_series);
                        }
                        _ => {}
                    }
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// The data source of an object, or that of the objects around it.
    fn source(&self, object: &Map<String, Value>, around: &Source) -> Source {
        // In the second schema the kind of a query names its source.
        if object.contains_key("spec") {
            let kind = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
            match (kind("kind"), kind("group")) {
                ("DataQuery", "") => {}
                ("DataQuery", group) => return Source::of(group),
                ("prometheus", _) => return Source::Prometheus,
                _ => {}
            }
        }
        match object.get("datasource") {
            Some(Value::String(name)) => self.variables.source(name),
            Some(Value::Object(source)) => {
                let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
                match (text("type"), text("uid")) {
                    (_, "-- Mixed --") | ("mixed", _) => Source::Default,
                    ("", uid) => self.variables.source(uid),
                    (kind, _) => Source::of(kind),
                }
            }
            _ => around.clone(),
        }
    }

    /// A target of a panel or an annotation: an object with `expr`.
    fn query(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        source: &Source,
        is_series: bool,
    ) {
        let Some(text) = object.get("expr").and_then(Value::as_str) else { return };
        let mut labels = Vec::new();
        if let Some(legend) = object.get("legendFormat").and_then(Value::as_str) {
            labels.extend(templates::of_legend(legend).into_iter().map(|found| LabelUse {
                place: Place::Pointer(below(pointer, "legendFormat")),
                label: found.label,
                written: found.written,
            }));
        }
        let role = if is_series { Role::Series } else { Role::Values };
        self.add(text, below(pointer, "expr"), role, labels, source);
    }

    /// The queries of variables.
    fn variables(&mut self, value: &Value, pointer: &str, around: &Source) {
        let (list, pointer) = match value.get("list") {
            Some(list) => (list, below(pointer, "list")),
            None => (value, pointer.to_owned()),
        };
        for (nth, variable) in list.as_array().into_iter().flatten().enumerate() {
            let mut pointer = format!("{pointer}/{nth}");
            let mut variable = variable;
            if let Some(spec) = variable.get("spec") {
                pointer.push_str("/spec");
                variable = spec;
            } else if variable.get("type").and_then(Value::as_str).is_some_and(|t| t != "query") {
                continue;
            }
            let Value::Object(object) = variable else { continue };
            let mut source = self.source(object, around);
            let mut query = variable.get("query");
            pointer.push_str("/query");
            while let Some(Value::Object(inner)) = query {
                source = self.source(inner, &source);
                let key = if inner.contains_key("spec") { "spec" } else { "query" };
                pointer = below(&pointer, key);
                query = inner.get(key);
            }
            if let Some(text) = query.and_then(Value::as_str) {
                self.variable(text, &pointer, &source);
            }
        }
    }

    /// The query of a variable, in Grafana's language for them.
    fn variable(&mut self, text: &str, pointer: &str, source: &Source) {
        if let Some(LabelValues { selector, label }) = LabelValues::parse(text) {
            // Without a metric it is of any.
            let Some(series) = selector else { return };
            let is_variable = label.starts_with(['$', '[']);
            let label = LabelUse {
                place: Place::Pointer(pointer.to_owned()),
                label: label.to_owned(),
                written: format!("label_values(…, {label})"),
            };
            let labels = if is_variable { Vec::new() } else { vec![label] };
            self.add(series, pointer.to_owned(), Role::Series, labels, source);
        } else if let Some(query) = inside_call(text, "query_result") {
            self.add(query, pointer.to_owned(), Role::Series, Vec::new(), source);
        }
        // `metrics(…)` and `label_names(…)` ask for what there is.
    }

    fn add(
        &mut self,
        text: &str,
        pointer: String,
        role: Role,
        labels: Vec<LabelUse>,
        source: &Source,
    ) {
        let is_unknown = matches!(source, Source::Default | Source::Unknown);
        // PromQL has no `|`.
        let is_logql = has_in_code(text, '|');
        if *source == Source::Other || text.trim().is_empty() || (is_unknown && is_logql) {
            return;
        }
        self.document.expressions.push(Expression {
            place: Place::Pointer(pointer),
            text: text.to_owned(),
            syntax: Syntax::Grafana,
            role,
            labels,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Vec<(String, String)> {
        let document = Document::of("board.json", json);
        assert_eq!(document.unchecked, []);
        let place = |place| match place {
            Place::Pointer(pointer) => pointer,
            Place::Line(line) => line.to_string(),
        };
        document.expressions.into_iter().map(|e| (place(e.place), e.text)).collect()
    }

    fn places(json: &str) -> Vec<String> {
        found(json).into_iter().map(|(place, _)| place).collect()
    }

    #[test]
    fn queries_are_found_wherever_panels_are() {
        let json = r#"{
            "panels": [
                {"targets": [{"expr": "a"}]},
                {"type": "row", "panels": [{"type": "row", "panels": [{"targets": [{"expr": "b"}]}]}]},
                {"libraryPanel": {"uid": "x", "name": "elsewhere"}},
                {"type": "text", "options": {"content": "<script>alert(1)</script>"}}
            ],
            "rows": [{"panels": [{"targets": [{"expr": "c"}, {"expr": ""}]}]}],
            "__elements": {"x/y": {"model": {"targets": [{"expr": "d"}]}}},
            "annotations": {"list": [{"expr": "e"}]}
        }"#;
        let found = found(json);
        for (place, query) in [
            ("/panels/0/targets/0/expr", "a"),
            ("/panels/1/panels/0/panels/0/targets/0/expr", "b"),
            ("/rows/0/panels/0/targets/0/expr", "c"),
            ("/__elements/x~1y/model/targets/0/expr", "d"),
            ("/annotations/list/0/expr", "e"),
        ] {
            assert!(found.contains(&(place.to_owned(), query.to_owned())), "{place}: {found:?}");
        }
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn boards_of_later_schemas_and_in_wrappers_are_read() {
        assert_eq!(
            places(r#"{"dashboard": {"panels": [{"targets": [{"expr": "a"}]}]}}"#),
            ["/dashboard/panels/0/targets/0/expr"]
        );
        let json = r#"{"kind": "Dashboard", "spec": {
            "elements": {"panel-1": {"kind": "Panel", "spec": {"data": {"spec": {"queries": [
                {"spec": {"query": {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": "a"}}}},
                {"spec": {"query": {"kind": "DataQuery", "group": "loki", "spec": {"expr": "b"}}}},
                {"spec": {"query": {"kind": "prometheus", "spec": {"expr": "c"}}}}
            ]}}}}},
            "variables": [{"kind": "QueryVariable", "spec": {"name": "job",
                "query": {"kind": "DataQuery", "group": "prometheus",
                          "spec": {"query": "label_values(d, job)"}}}}]
        }}"#;
        let texts: Vec<_> = found(json).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["a", "c", "d"]);
        let document = Document::of("board.json", json);
        assert_eq!(document.variables.unwrap().into_iter().collect::<Vec<_>>(), ["job"]);
        assert_eq!(places(r#"{"model": {"targets": [{"expr": "a"}]}}"#), ["/model/targets/0/expr"]);
    }

    #[test]
    fn queries_of_other_data_sources_are_left_out() {
        let json = r#"{
            "__inputs": [{"name": "DS_LOGS", "type": "datasource", "pluginId": "loki"},
                         {"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus"}],
            "templating": {"list": [{"name": "logs", "type": "datasource", "query": "loki"}]},
            "panels": [
                {"datasource": {"type": "loki"}, "targets": [{"expr": "no"}]},
                {"datasource": "${DS_LOGS}", "targets": [{"expr": "no"}]},
                {"datasource": {"uid": "$logs"}, "targets": [{"expr": "no"}]},
                {"datasource": "My logs", "targets": [{"expr": "{a=\"b\"} |= \"no\""}]},
                {"datasource": "${DS_PROM}", "targets": [{"expr": "yes"}]},
                {"datasource": {"type": "loki"},
                 "targets": [{"datasource": {"type": "prometheus", "uid": "x"}, "expr": "yes"}]},
                {"datasource": {"type": "datasource", "uid": "-- Mixed --"}, "targets": [{"expr": "yes"}]},
                {"datasource": null, "targets": [{"expr": "yes{a=\"|\"}"}]}
            ]
        }"#;
        let texts: Vec<_> = found(json).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["yes", "yes", "yes", "yes{a=\"|\"}"]);
    }

    #[test]
    fn variables_are_queries_with_a_label() {
        let json = r#"{"panels": [], "templating": {"list": [
            {"name": "job", "type": "query", "query": "label_values(a{b=\"c,d\"}, job)"},
            {"name": "any", "type": "query", "query": "label_values(job)"},
            {"name": "old", "query": {"query": "query_result(topk(1, x))", "refId": "A"}},
            {"name": "names", "type": "query", "query": "metrics(shop_.*)"},
            {"name": "broken", "type": "query", "query": "label_values(a{b, c=\"d\",})"},
            {"name": "fixed", "type": "custom", "query": "label_values(no, no)"}
        ]}}"#;
        let document = Document::of("board.json", json);
        let texts: Vec<_> = document.expressions.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(texts, ["a{b=\"c,d\"}", "topk(1, x)"]);
        assert_eq!(document.expressions[0].labels[0].label, "job");
        assert_eq!(
            document.expressions[1].place,
            Place::Pointer("/templating/list/2/query/query".to_owned())
        );
    }

    #[test]
    fn what_is_not_a_dashboard_is_named_with_its_line() {
        let unchecked = |json: &str| Document::of("board.json", json).unchecked.remove(0);
        let finding = unchecked("{\n  \"panels\": [\n  }");
        assert_eq!(finding.place, Some(Place::Line(3)));
        assert!(unchecked(&"[".repeat(100_000)).problem.contains("recursion limit exceeded"));
        assert!(unchecked(&"{\"a\":".repeat(100_000)).problem.contains("recursion limit"));
        assert!(unchecked("{}").problem.contains("neither `panels` nor `rows`"));
        assert!(unchecked("[1]").problem.contains("neither `panels` nor `rows`"));
    }
}
