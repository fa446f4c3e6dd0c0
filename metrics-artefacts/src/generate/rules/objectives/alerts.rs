use super::{
    super::{
        alert::{Alert, Annotations, Severity},
        duration,
        template::{self, VALUE},
    },
    burn::{BURNS, Burn, highest},
    measured::Measured,
};

pub(super) const ABSENT: &str = "JobObjectiveAbsent";
pub(super) const WITHOUT_TRAFFIC: &str = "JobObjectiveWithoutTraffic";
pub(super) const GOOD_EXCEEDS_VALID: &str = "JobObjectiveGoodExceedsValid";

/// How long counters may be absent.
pub(super) const ABSENT_SECONDS: f64 = 900.0;
/// How long a day without traffic has to last longer.
pub(super) const WITHOUT_TRAFFIC_SECONDS: f64 = 3600.0;
/// How long good jobs have to exceed valid ones.
pub(super) const GOOD_EXCEEDS_VALID_SECONDS: f64 = 600.0;

impl Measured<'_> {
    /// The alerts of two windows that so many bad jobs can make fire.
    pub(super) fn burns(&self) -> impl Iterator<Item = Burn> {
        BURNS.into_iter().filter(|burn| burn.is_reachable(self.objective.target))
    }

    /// What the file says about alerts that could never fire.
    pub(super) fn unreachable(&self) -> Vec<String> {
        let target = self.objective.target;
        let unreachable = BURNS.iter().filter(|burn| !burn.is_reachable(target));
        let note = |burn: &Burn| {
            format!(
                "{}: no alert for a budget that is used up {} times too fast, because with the \
                 target {target} it is at most {:.4}.",
                self.handler.group(),
                burn.factor,
                highest(target),
            )
        };
        unreachable.map(note).collect()
    }

    pub(super) fn alerts(&self) -> Vec<Alert> {
        let burns = self.burns().map(|burn| self.burns_alert(&burn));
        let others = [self.absent(), self.without_traffic(), self.exceeds()];
        burns.chain(others).collect()
    }

    pub(super) fn burns_alert(&self, burn: &Burn) -> Alert {
        let Burn { factor, long, short, .. } = burn;
        let min_events = self.min_events();
        let expr = format!(
            "{} > {factor} and {} > {factor} and {} >= {min_events}",
            self.burn(long),
            self.burn(short),
            self.valid(short),
        );
        let objective = self.objective;
        let faster = match *factor {
            1.0 => "faster than it may".to_owned(),
            factor => format!("more than {factor} times as fast as it may"),
        };
        let summary = format!("The error budget of jobs {} is used up {faster}", self.name());
        let source = match objective.min_events {
            Some(_) => "declared",
            None => "the default",
        };
        let description = format!(
            "Of the jobs {}, {}% have to complete within {}. Over {long} and over {short} their error \
             budget was used up {faster}; over {long}, {VALUE} times as fast. Counts from \
             {min_events} jobs in {short} on ({source}).",
            self.name(),
            round(objective.target * 100.0),
            duration::text(objective.latency_seconds),
        );
        let mut alert =
            self.alert(burn.alert, burn.severity, burn.lasting, expr, [summary, description]);
        alert.labels.insert("window".to_owned(), (*long).to_owned());
        alert
    }

    pub(super) fn absent(&self) -> Alert {
        let [valid, good] = self.source.selectors();
        // One series, whose labels are those of the rule.
        let expr = format!("max(absent({valid}) or absent({good}))");
        let summary = format!("Jobs {} are not counted for their objective", self.name());
        let description = "No process exports the counters of the objective: it does not run, is \
                           not scraped, or is of another version than these rules.";
        let description = description.to_owned();
        let (severity, lasting) = (Severity::Warning, ABSENT_SECONDS);
        self.alert(ABSENT, severity, lasting, expr, [summary, description])
    }

    /// A day without jobs, of a process that was there a day ago.
    pub(super) fn without_traffic(&self) -> Alert {
        let [valid, _] = self.source.selectors();
        let a_day = duration::text(86_400.0 * self.scale);
        let expr = format!("{} == 0 and on () count({valid} offset {a_day}) > 0", self.valid("1d"));
        let summary = format!("No jobs {} for a day", self.name());
        let description = "The objective is declared and the process runs, but no job has counted \
                           for it for a day.";
        let description = description.to_owned();
        let (severity, lasting) = (Severity::Warning, WITHOUT_TRAFFIC_SECONDS);
        self.alert(WITHOUT_TRAFFIC, severity, lasting, expr, [summary, description])
    }

    /// With some tolerance: a scrape does not read all counters at one instant.
    pub(super) fn exceeds(&self) -> Alert {
        let expr = format!("{} > 1.01 * {} + 1", self.good("1h"), self.valid("1h"));
        let summary = format!("More jobs {} are good than there are", self.name());
        let description = "More jobs were counted as good than as valid for the objective over an \
                           hour, so its burn rate is too low. The counters are recorded by hand, \
                           or come from two versions of a program.";
        let description = description.to_owned();
        let (severity, lasting) = (Severity::Warning, GOOD_EXCEEDS_VALID_SECONDS);
        self.alert(GOOD_EXCEEDS_VALID, severity, lasting, expr, [summary, description])
    }

    fn alert(
        &self,
        name: &str,
        severity: Severity,
        lasting: f64,
        expr: String,
        [summary, description]: [String; 2],
    ) -> Alert {
        let annotations =
            Annotations { summary, description, runbook_url: self.handler.runbook(self.docs_url) };
        let labels = &self.handler.alert_labels;
        Alert::new(name, severity.as_str(), lasting * self.scale, labels, expr, annotations)
    }

    fn name(&self) -> String {
        format!("`{}`", template::literal(&self.handler.name()))
    }
}

/// Without the digits that a float cannot hold.
fn round(percentage: f64) -> f64 {
    (percentage * 1e6).round() / 1e6
}
