//! Whether a run meets the goals. Goals for times are ratios within one run.

use super::table::Table;
use crate::{
    compile_time::{Dependencies, Variant},
    figure::{Figure, Measurement},
    instructions::JOB,
    recording::{HANDLE, NM},
    release::WORKER,
    runtime::BOTH,
    scrape,
    topic::RECORDERS,
};

/// One goal. Medians decide whether it is met. The table also shows the smallest values.
struct Goal {
    text: String,
    limit: f64,
    /// `None` if a figure that the goal needs was not measured.
    comparison: Option<Comparison>,
}

/// A figure of osapi-metrics, alone or in relation to another figure.
struct Comparison {
    typical: f64,
    least: f64,
    compared_with: String,
    /// The machine decides about the figure, not the library.
    is_open: bool,
}

/// A table of all goals that have figures.
pub(crate) fn table(measurements: &[Measurement]) -> Table {
    let header =
        ["goal", "at most", "median", "min", "compared with", "verdict"].map(str::to_owned);
    let rows = goals(&Figures(measurements)).into_iter().filter_map(|goal| {
        let Comparison { typical, least, compared_with, is_open } = goal.comparison?;
        let verdict = match (typical <= goal.limit, is_open) {
            (true, _) => "met",
            (false, true) => "open",
            (false, false) => "not met",
        };
        Some(vec![
            goal.text,
            goal.limit.to_string(),
            format!("{typical:.2}"),
            format!("{least:.2}"),
            compared_with,
            verdict.to_owned(),
        ])
    });
    Table { title: "Goals".to_owned(), header: header.into(), rows: rows.collect() }
}

fn goals(figures: &Figures<'_>) -> Vec<Goal> {
    let mut goals = Vec::new();
    for (operation, case, library, of_threads) in [
        ("counter through a handle", "counter", HANDLE, &[(1, 0.3)][..]),
        ("counter through `global()` and `with`", "counter", BOTH, &[(1, 0.3)]),
        ("histogram", "histogram", BOTH, &[(1, 0.5), (2, 0.25), (4, 0.25)]),
        ("job", "job", BOTH, &[(1, 0.6), (2, 0.25), (4, 0.25)]),
    ] {
        for &(threads, limit) in of_threads {
            goals.extend(figures.beside_peers(operation, case, library, threads, limit));
        }
    }
    let goal = |text: &str, limit, comparison| Goal { text: text.to_owned(), limit, comparison };
    goals.push(goal(
        "job less two clock reads, 1 thread, × histogram of the fastest peer",
        1.6,
        figures.job_without_clock(),
    ));
    for threads in [2, 4] {
        let text = format!("job, {threads} threads, × itself on 1");
        goals.push(Goal { text, limit: 1.15, comparison: figures.job_on(threads) });
    }
    goals.push(goal("job, instructions", 320.0, figures.alone("instructions", JOB, 1, 1.0)));
    let render = |case| figures.beside_peer(case, scrape::TEXT, 1, &[]);
    goals.push(goal("render 10,000 counters, × fastest peer", 0.3, render("render_10000")));
    goals.push(goal(
        "render 10,000 samples of histograms, × fastest peer",
        0.3,
        render("render_histograms_10000"),
    ));
    let memory = |case| figures.alone(case, scrape::TEXT, 1, KIBIBYTE);
    goals.push(goal("1,000 counters, KiB", 250.0, memory("memory")));
    goals.push(goal("1,000 histograms, KiB", 700.0, memory("memory_histograms")));
    goals.push(goal("`install()`, ms", 1.0, figures.alone("install", BOTH, 1, 1.0)));
    for (threads, limit) in RECORDERS.into_iter().zip([12.0, 48.0]) {
        let text = format!("10,000 series recorded by {threads} threads, MiB");
        goals.push(Goal { text, limit, comparison: figures.memory_of_recorders(threads) });
    }
    let [few, many] = RECORDERS;
    let recorders = |threads| figures.of("render_threads", scrape::TEXT, threads);
    let text = format!("render beside {many} threads, × beside {few} threads");
    goals.push(Goal { text, limit: 2.0, comparison: ratio(recorders(many), recorders(few)) });
    let size = figures.alone("binary_size", WORKER, 1, KIBIBYTE);
    goals.push(goal("size of a small worker's file, KiB", WORKER_KIBIBYTES, size));
    let [sdk, ours] = Dependencies::ALL.map(Dependencies::library);
    let compiled = |library| figures.of("compile_dependencies", library, 1);
    goals.push(goal(
        "build of the dependencies, × the SDK's",
        DEPENDENCIES_TO_SDK,
        ratio(compiled(ours), compiled(sdk)),
    ));
    for (text, case, unit, limit) in [
        ("check", "compile_check_whole", Unit::Instructions, 2.8),
        ("check, a line changed", "compile_check_line", Unit::Instructions, 2.0),
        ("build", "compile_build_whole", Unit::Instructions, 2.3),
        ("release", "compile_release_whole", Unit::Seconds, 2.0),
    ] {
        let text = format!("{text}: {} that metrics add, × by hand", unit.name());
        goals.push(Goal { text, limit, comparison: figures.added_to_compilation(case, unit) });
    }
    goals
}

/// What the compilation of a crate is measured in.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Instructions,
    Seconds,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Seconds => "time",
        }
    }

    /// The middle and the smallest value.
    fn of(self, figure: Figure) -> Option<(f64, f64)> {
        match (self, figure) {
            (Self::Instructions, Figure::Compile { instructions, .. }) => {
                instructions.map(|count| (count, count))
            }
            (Self::Seconds, Figure::Compile { s_min, s_median, .. }) => Some((s_median, s_min)),
            _ => None,
        }
    }
}

/// The size before the recording core aggregated, rounded up: paths in the file have other lengths
/// on other machines.
const WORKER_KIBIBYTES: f64 = 3_400.0;

/// The ratio before the recording core aggregated, which was between 3.3 and 3.9.
const DEPENDENCIES_TO_SDK: f64 = 3.9;

const KIBIBYTE: f64 = 1024.0;
const MEBIBYTE: f64 = 1024.0 * KIBIBYTE;

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

    /// The fastest library except osapi-metrics and the libraries to leave out.
    fn fastest_peer(&self, case: &str, threads: usize, without: &[&str]) -> Option<Cost<'a>> {
        let peers = self.all(case, threads).filter(|cost| {
            !cost.library.starts_with("osapi-metrics") && !without.contains(&cost.library)
        });
        peers.min_by(|a, b| a.typical.total_cmp(&b.typical))
    }

    fn beside_peer(
        &self,
        case: &str,
        library: &str,
        threads: usize,
        without: &[&str],
    ) -> Option<Comparison> {
        ratio(self.of(case, library, threads), self.fastest_peer(case, threads, without))
    }

    /// The goal beside the fastest peer. If this peer has no labels, the goal is also compared with
    /// the fastest peer that has labels.
    fn beside_peers(
        &self,
        operation: &str,
        case: &str,
        library: &str,
        threads: usize,
        limit: f64,
    ) -> Vec<Goal> {
        let number =
            if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
        let goal = |peer: &str, without: &[&str]| Goal {
            text: format!("{operation}, {number}, × {peer}"),
            limit,
            comparison: self.beside_peer(case, library, threads, without),
        };
        let mut goals = vec![goal("fastest peer", &[])];
        if self.fastest_peer(case, threads, &[]).is_some_and(|peer| peer.library == NM) {
            goals.push(goal("fastest peer with labels", &[NM]));
        }
        goals
    }

    /// What a job costs beyond the clock, beside one sample of a histogram.
    fn job_without_clock(&self) -> Option<Comparison> {
        // The library reads the fastest clock of the machine.
        let clock = self.fastest_peer("clock_pair", 1, &[])?;
        let job = self.of("job", BOTH, 1)?;
        let recorded =
            Cost { typical: job.typical - clock.typical, least: job.least - clock.least, ..job };
        ratio(Some(recorded), self.fastest_peer("histogram", 1, &[]))
    }

    /// The job on several threads beside the job on one thread. The figure says nothing about the
    /// library if two clock reads, which share nothing, grow too.
    fn job_on(&self, threads: usize) -> Option<Comparison> {
        let job = |threads| self.of("job", BOTH, threads);
        let clock = |threads| self.fastest_peer("clock_pair", threads, &[]);
        let growth = ratio(clock(threads), clock(1))?;
        let compared_with = format!("two clock reads grow × {:.2}", growth.typical);
        let is_open = growth.typical > CLOCK_GROWTH;
        Some(Comparison { compared_with, is_open, ..ratio(job(threads), job(1))? })
    }

    /// A figure that is not compared with another library's, in another unit.
    fn alone(&self, case: &str, library: &str, threads: usize, unit: f64) -> Option<Comparison> {
        let Cost { typical, least, .. } = self.of(case, library, threads)?;
        Some(Comparison::alone(typical / unit, least / unit))
    }

    /// What declared metrics add to the compilation of a crate without metrics, beside what metrics
    /// by hand add.
    fn added_to_compilation(&self, case: &str, unit: Unit) -> Option<Comparison> {
        let of = |variant: Variant| {
            let found = self.0.iter().find(|measurement| {
                measurement.case == case && measurement.library == variant.library()
            });
            unit.of(found?.figure)
        };
        let [bare, by_hand, ours] = Variant::ALL.map(of);
        let (bare, by_hand, ours) = (bare?, by_hand?, ours?);
        Some(Comparison {
            typical: (ours.0 - bare.0) / (by_hand.0 - bare.0),
            least: (ours.1 - bare.1) / (by_hand.1 - bare.1),
            compared_with: Variant::Handwritten.library().to_owned(),
            is_open: false,
        })
    }

    fn memory_of_recorders(&self, threads: usize) -> Option<Comparison> {
        let bytes = self.0.iter().find_map(|measurement| match measurement.figure {
            Figure::Beside { resident_bytes, .. } if measurement.threads == threads => {
                Some(resident_bytes)
            }
            _ => None,
        });
        let mebibytes = bytes? as f64 / MEBIBYTE;
        Some(Comparison::alone(mebibytes, mebibytes))
    }
}

/// Two clock reads on several threads that cost more than this many times one thread's show that
/// the processor does not have as much to give.
const CLOCK_GROWTH: f64 = 1.05;

impl Comparison {
    fn alone(typical: f64, least: f64) -> Self {
        Self { typical, least, compared_with: "-".to_owned(), is_open: false }
    }
}

fn ratio(ours: Option<Cost<'_>>, other: Option<Cost<'_>>) -> Option<Comparison> {
    let (ours, other) = ours.zip(other)?;
    Some(Comparison {
        typical: ours.typical / other.typical,
        least: ours.least / other.least,
        compared_with: other.library.to_owned(),
        is_open: false,
    })
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::{
        compile_time::Variant,
        figure::{Figure, Measurement},
        recording::{HANDLE, NM},
        runtime::BOTH,
    };

    fn operation(case: &str, library: &str, threads: usize, ns_median: f64) -> Measurement {
        let figure = Figure::Operation { ns_min: 1.0, ns_median };
        Measurement::new(case, library, threads, figure)
    }

    fn rows(measurements: &[Measurement]) -> Vec<String> {
        table(measurements).rows.into_iter().map(|row| row.join(" | ")).collect()
    }

    #[test]
    fn goals_are_judged_against_the_fastest_other_library() {
        let counter = |library, ns_median| operation("counter", library, 1, ns_median);
        let goals_of = |ours| {
            let others =
                [counter("a", 10.0), counter("osapi-metrics (other)", 0.1), counter("b", 5.0)];
            rows(&others.into_iter().chain([counter(HANDLE, ours)]).collect::<Vec<_>>())
        };
        let goal = "counter through a handle, 1 thread, × fastest peer | 0.3";
        assert_eq!(goals_of(1.5), [format!("{goal} | 0.30 | 1.00 | b | met")]);
        assert_eq!(goals_of(1.6), [format!("{goal} | 0.32 | 1.00 | b | not met")]);
    }

    #[test]
    fn compilations_are_compared_by_what_metrics_add() {
        let compiled = |library, s_median, instructions| {
            let figure = Figure::Compile {
                s_min: 1.0,
                s_median,
                bytes: 1,
                instructions: Some(instructions),
            };
            Measurement::new("compile_check_whole", library, 1, figure)
        };
        let [bare, by_hand, ours] = Variant::ALL.map(Variant::library);
        let all =
            [compiled(bare, 1.0, 100.0), compiled(by_hand, 1.0, 150.0), compiled(ours, 9.0, 200.0)];
        let goal = "check: instructions that metrics add, × by hand | 2.8";
        assert_eq!(rows(&all), [format!("{goal} | 2.00 | 2.00 | {by_hand} | met")]);
    }

    #[test]
    fn a_peer_without_labels_is_not_the_only_one() {
        let histogram = |library, ns_median| operation("histogram", library, 2, ns_median);
        let all = [histogram(NM, 10.0), histogram("a", 20.0), histogram(BOTH, 5.0)];
        assert_eq!(
            rows(&all),
            [
                "histogram, 2 threads, × fastest peer | 0.25 | 0.50 | 1.00 | nm | not met",
                "histogram, 2 threads, × fastest peer with labels | 0.25 | 0.25 | 1.00 | a | met",
            ]
        );
    }

    #[test]
    fn a_job_that_grows_no_more_than_the_clock_is_not_judged() {
        let grown = |clock| {
            let all = [
                operation("clock_pair", "a", 1, 10.0),
                operation("clock_pair", "a", 2, clock),
                operation("job", BOTH, 1, 50.0),
                operation("job", BOTH, 2, 100.0),
            ];
            rows(&all).join("\n")
        };
        assert!(grown(20.0).ends_with("2.00 | 1.00 | two clock reads grow × 2.00 | open"));
        assert!(grown(10.0).ends_with("two clock reads grow × 1.00 | not met"));
    }
}
