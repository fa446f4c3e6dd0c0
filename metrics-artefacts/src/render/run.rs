use std::path::Path;

use super::{
    board::{Board, Kind, Panel},
    data::{DEFAULT_SCRAPE_INTERVAL, Session, is_there, scrape_interval},
    drawing::{DrawnPanel, draw, points_beside},
    options::RenderOptions,
};
use crate::{
    finding::{self, Finding, Verdict},
    prometheus::Prometheus,
};

/// Draws dashboards from the data of one Prometheus.
///
/// # Examples
///
/// ```no_run
/// use osapi_metrics_artefacts::render::{RenderOptions, Renderer};
///
/// let renderer = Renderer::connect("http://127.0.0.1:9090", RenderOptions::default()).unwrap();
/// let picture = renderer.render("dashboards/jobs.json".as_ref()).unwrap();
/// std::fs::write("jobs.svg", picture.svg).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Renderer {
    server: Prometheus,
    options: RenderOptions,
}

/// A picture of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// The picture, as SVG with nothing from outside.
    pub svg: String,
    /// How many panels it has.
    pub panels: usize,
    /// Panels without data, queries that failed, and panels that are not drawn.
    pub findings: Vec<Finding>,
    /// Why queries were not asked any more.
    pub unchecked: Vec<Finding>,
}

impl Renderer {
    /// Asks the Prometheus whether it is there, and for the interval of its scrapes if the options
    /// do not say it.
    ///
    /// # Errors
    ///
    /// A finding with the address if no Prometheus answers.
    pub fn connect(url: &str, mut options: RenderOptions) -> Result<Self, Finding> {
        let server = Prometheus::new(url, options.timeout);
        is_there(&server).map_err(|error| {
            let problem = error.to_string();
            let problem = problem
                .split_once(": no answer")
                .map_or(problem.clone(), |(_, reason)| format!("no answer{reason}"));
            Finding::new("no-answer", url, problem)
        })?;
        if options.scrape_interval.is_none() {
            let interval = scrape_interval(&server).filter(|interval| !interval.is_zero());
            options.scrape_interval = Some(interval.unwrap_or(DEFAULT_SCRAPE_INTERVAL));
        }
        Ok(Self { server, options })
    }

    /// Draws the dashboard of a file.
    ///
    /// # Errors
    ///
    /// A finding with the file if it cannot be read or is not a dashboard.
    pub fn render(&self, path: &Path) -> Result<Picture, Finding> {
        let board = Board::read(path)?;
        let mut session = Session::new(&self.server, &self.options, &board);
        let mut panels = Vec::new();
        let mut without = Vec::new();
        for panel in &board.panels {
            let is_asked = !matches!(panel.kind, Kind::Row | Kind::Other(_));
            let data = is_asked.then(|| session.panel(panel, points_beside(panel)));
            let has_nothing =
                data.as_ref().is_some_and(|data| data.series.is_empty() && !data.has_failed);
            if let Kind::Other(plugin) = &panel.kind {
                without.push(finding(
                    &board,
                    panel,
                    "not-drawn",
                    &format!("is a `{plugin}`, which is not drawn"),
                ));
            } else if has_nothing {
                without.push(finding(&board, panel, "no-data", "has no data"));
            }
            panels.push(DrawnPanel { panel, data });
        }
        let drawn = panels.iter().filter(|drawn| drawn.panel.kind != Kind::Row).count();
        let mut findings = session.findings;
        findings.extend(without);
        Ok(Picture {
            svg: draw(&board.title, &panels),
            panels: drawn,
            findings,
            unchecked: session.away.into_iter().collect(),
        })
    }
}

impl Picture {
    /// How a command with this picture ends.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings, &self.unchecked)
    }
}

fn finding(board: &Board, panel: &Panel, rule: &'static str, problem: &str) -> Finding {
    let place = finding::Place::Pointer(panel.pointer.clone());
    Finding::new(rule, &board.file, format!("the panel `{}` {problem}", panel.title)).at(place)
}
