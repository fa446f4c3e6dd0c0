use std::{collections::BTreeMap, time::Duration};

use osapi_metrics_rules::excerpt::Excerpt;
use serde::Deserialize;

use super::{
    answer::{Answer, Refusal},
    series::{PanelData, Series},
    span::Span,
    variables::Variables,
};
use crate::{
    finding::{Finding, Place},
    prometheus::{ApiError, Prometheus},
    render::{
        board::{Board, Kind, Panel, Target},
        options::RenderOptions,
    },
};

/// The most series of a panel, and the most buckets of a heatmap.
const MAX_SERIES: usize = 50;
const MAX_BUCKETS: usize = 200;

/// The questions of one dashboard, and what went wrong.
pub(in crate::render) struct Session<'a> {
    server: &'a Prometheus,
    options: &'a RenderOptions,
    board: &'a Board,
    variables: Variables,
    /// Queries that failed.
    pub(in crate::render) findings: Vec<Finding>,
    /// Why nothing more is asked.
    pub(in crate::render) away: Option<Finding>,
}

impl<'a> Session<'a> {
    /// Asks for the values of variables.
    pub(in crate::render) fn new(
        server: &'a Prometheus,
        options: &'a RenderOptions,
        board: &'a Board,
    ) -> Self {
        let variables = Variables::default();
        let mut session =
            Self { server, options, board, variables, findings: Vec::new(), away: None };
        let span = Span::of(options, 1);
        let (start, end) = (span.start.to_string(), span.end.to_string());
        session.variables =
            Variables::of(&board.variables, &options.variables, |selector, label| {
                let mut parameters = vec![("start", start.as_str()), ("end", end.as_str())];
                parameters.extend(selector.map(|selector| ("match[]", selector)));
                let path = format!("label/{label}/values");
                session.get(&path, &parameters, "/templating/list").unwrap_or_default()
            });
        session
    }

    /// The data of a panel that has room for this many points beside each other.
    pub(in crate::render) fn panel(&mut self, panel: &Panel, points: u32) -> PanelData {
        let span = Span::of(self.options, points);
        let mut series = Vec::new();
        let mut has_failed = false;
        for target in &panel.targets {
            match self.target(target, &span) {
                Some(of_target) => series.extend(of_target),
                None => has_failed = true,
            }
        }
        let limit = if panel.kind == Kind::Heatmap { MAX_BUCKETS } else { MAX_SERIES };
        let left_out = series.len().saturating_sub(limit);
        series.truncate(limit);
        PanelData { series, left_out, has_failed, span }
    }

    fn target(&mut self, target: &Target, span: &Span) -> Option<Vec<Series>> {
        if let Some(source) = &target.other_source {
            let problem = format!("the query is for the data source `{source}`");
            self.report("other-source", &target.pointer, problem);
            return None;
        }
        let query = self.variables.filled(&target.query, span);
        let [start, end, step] = [span.start, span.end, span.step].map(|time| time.to_string());
        let answer: Answer = if target.is_instant {
            self.get("query", &[("query", &query), ("time", &end)], &target.pointer)
        } else {
            let range =
                [("query", query.as_str()), ("start", &start), ("end", &end), ("step", &step)];
            self.get("query_range", &range, &target.pointer)
        }?;
        let series = answer.into_series().into_iter();
        Some(
            series
                .filter_map(|(labels, points)| Series::of(&target.legend, &labels, points))
                .collect(),
        )
    }

    /// An answer; `None` if it cannot be had, which is reported.
    fn get<T: serde::de::DeserializeOwned>(
        &mut self,
        path: &str,
        parameters: &[(&str, &str)],
        pointer: &str,
    ) -> Option<T> {
        if self.away.is_some() {
            return None;
        }
        let error = match self.server.get(path, parameters) {
            Ok(data) => return Some(data),
            Err(error) => error,
        };
        if error.is_away() {
            let finding = Finding::new("no-answer", &self.board.file, error.to_string());
            self.away = Some(finding.at(Place::Pointer(pointer.to_owned())));
        } else {
            self.report("refused-query", pointer, sentence(&error));
        }
        None
    }

    fn report(&mut self, rule: &'static str, pointer: &str, problem: String) {
        let finding = Finding::new(rule, &self.board.file, problem);
        self.findings.push(finding.at(Place::Pointer(pointer.to_owned())));
    }
}

/// Why a query failed, in the words of Prometheus if it has some.
fn sentence(error: &ApiError) -> String {
    let ApiError::Refused { problem, .. } = error else { return error.to_string() };
    let said = match serde_json::from_str::<Refusal>(problem) {
        Ok(refusal) => refusal.error,
        // Only the beginning of a long answer is there.
        Err(_) => match problem.split_once("\"error\":\"") {
            Some((_, said)) => format!("{said}…"),
            None => return format!("the query failed: {error}"),
        },
    };
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("the query failed: {}", Excerpt::of_message(&said))
}

/// The targets that a Prometheus scrapes.
#[derive(Deserialize)]
struct Targets {
    #[serde(rename = "activeTargets", default)]
    active: Vec<ActiveTarget>,
}

#[derive(Deserialize)]
struct ActiveTarget {
    #[serde(rename = "scrapeInterval", default)]
    scrape_interval: String,
}

/// The longest interval of the scrapes of a Prometheus.
pub(in crate::render) fn scrape_interval(server: &Prometheus) -> Option<Duration> {
    let targets: Targets = server.get("targets", &[("state", "active")]).ok()?;
    let intervals = targets.active.iter();
    intervals.filter_map(|target| humantime::parse_duration(&target.scrape_interval).ok()).max()
}

/// Asks whether the server is a Prometheus.
pub(in crate::render) fn is_there(server: &Prometheus) -> Result<(), ApiError> {
    server.get::<BTreeMap<String, serde_json::Value>>("query", &[("query", "1")]).map(drop)
}
