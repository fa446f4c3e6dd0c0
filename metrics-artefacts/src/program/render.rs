use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use clap::Args;

use super::{
    output::{complain, could_not, print_result},
    value::{address, duration},
};
use crate::{
    finding::Verdict,
    input,
    render::{RenderOptions, Renderer},
};

/// The most points of a series. A picture has no room for more.
const MAX_POINTS: f64 = 2000.0;

/// The arguments of `osapi-metrics render`.
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// The address of the Prometheus with the data
    #[arg(long, value_name = "URL", value_parser = address)]
    prometheus: String,
    /// The folder for the pictures: for each dashboard `NAME.svg`, with the name of its file
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// What stands before the names of the pictures
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = prefix)]
    prefix: String,
    /// The time shown
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "15m")]
    range: Duration,
    /// The end of the time shown, as in `2026-12-24T08:15:00Z`; now by default
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<SystemTime>,
    /// The time between two points; by default as many points as a panel has room for
    #[arg(long, value_name = "TIME", value_parser = duration)]
    step: Option<Duration>,
    /// The interval of scrapes, on which the window of rates depends; by default the longest one of
    /// the Prometheus
    #[arg(long, value_name = "TIME", value_parser = duration)]
    scrape_interval: Option<Duration>,
    /// A value of a variable, once for each value; by default those that a dashboard has
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    variable: Vec<(String, String)>,
    /// How long an answer may take
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    timeout: Duration,
    /// Dashboards of Grafana, of the classic schema
    #[arg(value_name = "FILE", required = true)]
    dashboards: Vec<PathBuf>,
}

impl RenderArguments {
    pub(super) fn run(self) -> Verdict {
        let pictures = match self.pictures() {
            Ok(pictures) => pictures,
            Err(problem) => return could_not(problem),
        };
        let mut variables = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in self.variable {
            variables.entry(name).or_default().push(value);
        }
        let mut options = RenderOptions::default();
        options.end = self.at.unwrap_or(options.end);
        options.range = self.range;
        options.step = self.step;
        options.scrape_interval = self.scrape_interval;
        options.variables = variables;
        options.timeout = self.timeout;
        let renderer = match Renderer::connect(&self.prometheus, options) {
            Ok(renderer) => renderer,
            Err(finding) => return could_not(finding),
        };
        if let Err(error) = fs::create_dir_all(&self.out) {
            return could_not(format!("{}: it cannot be created: {error}", self.out.display()));
        }
        let mut verdicts = Vec::new();
        for (dashboard, picture) in self.dashboards.iter().zip(pictures) {
            let drawn = match renderer.render(dashboard) {
                Ok(drawn) => drawn,
                Err(finding) => {
                    verdicts.push(could_not(finding));
                    continue;
                }
            };
            for finding in drawn.findings.iter().chain(&drawn.unchecked) {
                complain(finding);
            }
            verdicts.push(match input::write(&picture, &drawn.svg) {
                Ok(()) => print_result(
                    format_args!(
                        "{}: {} panels, {} findings, {} bytes\n",
                        picture.display(),
                        drawn.panels,
                        drawn.findings.len(),
                        drawn.svg.len()
                    ),
                    drawn.verdict(),
                ),
                Err(error) => {
                    could_not(format!("{}: it cannot be written: {error}", picture.display()))
                }
            });
        }
        verdicts.into_iter().max_by_key(|verdict| verdict.exit_status()).unwrap_or(Verdict::Clean)
    }

    /// The files of the pictures, in the order of the dashboards.
    fn pictures(&self) -> Result<Vec<PathBuf>, String> {
        if let Some(step) = self.step {
            let points = self.range.as_secs_f64() / step.as_secs_f64();
            if !(1.0..=MAX_POINTS).contains(&points) {
                return Err(format!(
                    "--step {} makes {points:.0} points of --range {}; 1 to {MAX_POINTS} are drawn",
                    humantime::format_duration(step),
                    humantime::format_duration(self.range)
                ));
            }
        }
        let mut taken = BTreeSet::new();
        let picture = |dashboard: &PathBuf| {
            let name = dashboard.file_stem().unwrap_or_default().to_string_lossy();
            let picture = self.out.join(format!("{}{name}.svg", self.prefix));
            if taken.insert(picture.clone()) {
                Ok(picture)
            } else {
                let (file, picture) = (dashboard.display(), picture.display());
                Err(format!("{file}: another dashboard is drawn as {picture} already"))
            }
        };
        self.dashboards.iter().map(picture).collect()
    }
}

fn prefix(text: &str) -> Result<String, String> {
    if text.contains(['/', '\\']) {
        Err("it is not the beginning of a file's name; give the folder with `--out`".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn moment(text: &str) -> Result<SystemTime, String> {
    let moment = humantime::parse_rfc3339_weak(text);
    moment.map_err(|error| format!("{error}; write it as in `2026-12-24T08:15:00Z`"))
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it is not NAME=VALUE".to_owned()),
    }
}
