//! The command line.

use clap::{Parser, builder::PossibleValuesParser};

use crate::{child::Task, topic::Topic};

/// Compares osapi-metrics with other metrics libraries in interleaved rounds.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench -p osapi-metrics-bench --")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Arguments {
    /// Print one JSON array of figures, and nothing else.
    #[arg(long, conflicts_with = "markdown")]
    pub(crate) json: bool,
    /// Print the tables of docs/benchmarks.md.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Run few and short rounds. Shows whether everything works; the figures are not reliable.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measure this case only. May be given several times.
    #[arg(
        long = "case",
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(Topic::names())
    )]
    cases: Vec<String>,
    /// The argument that cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    /// The task of a child process of this program, as JSON.
    #[arg(long, hide = true)]
    pub(crate) child: Option<Task>,
}

impl Arguments {
    /// The topics to measure, in the order of the report.
    pub(crate) fn topics(&self) -> impl Iterator<Item = Topic> {
        let asked = |topic: &Topic| {
            self.cases.is_empty() || self.cases.iter().any(|case| case == topic.name())
        };
        Topic::all().filter(asked)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Arguments, Topic};

    fn topics(arguments: &[&str]) -> Result<Vec<&'static str>, String> {
        let arguments = ["compare", "--bench"].iter().chain(arguments);
        let parsed = Arguments::try_parse_from(arguments).map_err(|error| error.to_string())?;
        Ok(parsed.topics().map(Topic::name).collect())
    }

    #[test]
    fn cases_are_selected_by_name() {
        let selected = topics(&["--case", "render", "--case", "job"]).unwrap();
        assert_eq!(selected, ["job", "render"]);
        assert!(topics(&[]).unwrap().len() > 10);
    }

    #[test]
    fn an_unknown_argument_or_case_is_named() {
        assert!(topics(&["--fast"]).unwrap_err().contains("--fast"));
        let message = topics(&["--case", "jobs"]).unwrap_err();
        assert!(message.contains("'jobs'") && message.contains("job_async"), "{message}");
    }
}
