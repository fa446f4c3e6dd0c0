//! Whether a run meets the goals of the framework, which are ratios within one run.

use super::table::Table;
use crate::{
    compile_time::Variant,
    figure::Measurement,
    recording::{BARE, HANDLE, STD},
    runtime::{BOTH, DISABLED},
    scrape,
};

/// One goal. Medians decide whether it is met. The table also shows the ratio of the smallest
/// values.
struct Goal {
    text: &'static str,
    limit: f64,
    /// `None` if a figure that the goal needs was not measured.
    comparison: Option<Comparison>,
}

/// A figure of osapi-metrics in relation to another figure.
struct Comparison {
    typical: f64,
    least: f64,
    compared_with: String,
}

/// A table of all goals that have figures.
pub(crate) fn table(measurements: &[Measurement]) -> Table {
    let header =
        ["goal", "at most", "median", "min", "compared with", "verdict"].map(str::to_owned);
    let rows = goals(measurements).into_iter().filter_map(|Goal { text, limit, comparison }| {
        let Comparison { typical, least, compared_with } = comparison?;
        let verdict = if typical <= limit { "met" } else { "not met" };
        Some(vec![
            text.to_owned(),
            limit.to_string(),
            format!("{typical:.2}"),
            format!("{least:.2}"),
            compared_with,
            verdict.to_owned(),
        ])
    });
    Table { title: "Goals".to_owned(), header: header.into(), rows: rows.collect() }
}

fn goals(measurements: &[Measurement]) -> Vec<Goal> {
    let figures = Figures(measurements);
    let goal = |text, limit, comparison| Goal { text, limit, comparison };
    let job = |threads| figures.of("job", BOTH, threads);
    let to_peer = |case, library, threads| {
        figures.of(case, library, threads)?.to(figures.fastest_peer(case, threads)?)
    };
    vec![
        // The fastest peer keeps the handle of its series, so osapi-metrics keeps it here too.
        goal("counter, 1 thread, × fastest peer", 0.3, to_peer("counter", HANDLE, 1)),
        goal("job, 1 thread, × fastest peer", 0.6, to_peer("job", BOTH, 1)),
        goal(
            "job, 1 thread, × two clock reads",
            2.2,
            ratio(job(1), figures.of("clock_pair", STD, 1)),
        ),
        goal("job, 2 threads, × itself on 1", 1.3, ratio(job(2), job(1))),
        goal("job, 4 threads, × itself on 1", 1.3, ratio(job(4), job(1))),
        goal("job, 2 threads, × fastest peer", 0.35, to_peer("job", BOTH, 2)),
        goal("job, 4 threads, × fastest peer", 0.35, to_peer("job", BOTH, 4)),
        goal("disabled job, ns more than the bare call", 2.0, figures.disabled_job()),
        goal(
            "render 10,000 series, × fastest peer",
            0.35,
            to_peer("render_10000", scrape::TEXT, 1),
        ),
        goal("check, time added, × by hand", 1.0, figures.added_time("compile_check_whole")),
        goal("build, time added, × by hand", 1.0, figures.added_time("compile_build_whole")),
        goal("release, time added, × by hand", 1.0, figures.added_time("compile_release_whole")),
        goal("memory of 100 metrics × 10 series, MiB", 8.0, figures.memory()),
    ]
}

struct Figures<'a>(&'a [Measurement]);

/// The values of one library's figure.
#[derive(Clone, Copy)]
struct Cost<'a> {
    library: &'a str,
    typical: f64,
    least: f64,
}

impl<'a> Figures<'a> {
    fn all(&self, case: &str, threads: usize) -> impl Iterator<Item = Cost<'a>> {
        let measurements = self.0.iter();
        let of_case = measurements.filter(move |m| m.case == case && m.threads == threads);
        of_case.map(|Measurement { library, figure, .. }| Cost {
            library,
            typical: figure.typical(),
            least: figure.least(),
        })
    }

    fn of(&self, case: &str, library: &str, threads: usize) -> Option<Cost<'a>> {
        self.all(case, threads).find(|cost| cost.library == library)
    }

    fn fastest_peer(&self, case: &str, threads: usize) -> Option<Cost<'a>> {
        let peers =
            self.all(case, threads).filter(|cost| !cost.library.starts_with("osapi-metrics"));
        peers.min_by(|a, b| a.typical.total_cmp(&b.typical))
    }

    fn disabled_job(&self) -> Option<Comparison> {
        let disabled = self.of("job_bare", DISABLED, 1)?;
        let bare = self.of("job_bare", BARE, 1)?;
        Some(Comparison {
            typical: disabled.typical - bare.typical,
            least: disabled.least - bare.least,
            compared_with: bare.library.to_owned(),
        })
    }

    /// The time that metrics add to the time without metrics.
    fn added_time(&self, case: &str) -> Option<Comparison> {
        let of = |variant: Variant| self.of(case, variant.library(), 1);
        let bare = of(Variant::Bare)?;
        let by_hand = of(Variant::Handwritten)?.more_than(bare);
        of(Variant::Osapi)?.more_than(bare).to(by_hand)
    }

    fn memory(&self) -> Option<Comparison> {
        let mebibytes = self.of("memory_service", BOTH, 1)?.typical / f64::from(1 << 20);
        let compared_with = "the process before".to_owned();
        Some(Comparison { typical: mebibytes, least: mebibytes, compared_with })
    }
}

impl Cost<'_> {
    fn more_than(self, other: Cost<'_>) -> Self {
        let typical = self.typical - other.typical;
        Self { typical, least: self.least - other.least, ..self }
    }

    fn to(self, other: Cost<'_>) -> Option<Comparison> {
        ratio(Some(self), Some(other))
    }
}

fn ratio(ours: Option<Cost<'_>>, other: Option<Cost<'_>>) -> Option<Comparison> {
    let (ours, other) = ours.zip(other)?;
    Some(Comparison {
        typical: ours.typical / other.typical,
        least: ours.least / other.least,
        compared_with: other.library.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::{
        figure::{Figure, Measurement},
        recording::HANDLE,
    };

    #[test]
    fn goals_are_judged_against_the_fastest_other_library() {
        let counter = |library, ns_median| {
            let figure = Figure::Operation { ns_min: 1.0, ns_median };
            Measurement::new("counter", library, 1, figure)
        };
        let verdict = |ours| {
            let others =
                [counter("a", 10.0), counter("osapi-metrics (other)", 0.1), counter("b", 5.0)];
            let all: Vec<_> = others.into_iter().chain([counter(HANDLE, ours)]).collect();
            let rows = table(&all).rows;
            assert_eq!(rows.len(), 1, "the other goals have no figures");
            rows[0][4..].join(" ")
        };
        assert_eq!(verdict(1.5), "b met");
        assert_eq!(verdict(1.6), "b not met");
    }
}
