//! Names of samples and of labels in selectors.

use promql_parser::{
    label::{MatchOp, Matcher},
    parser::VectorSelector,
};

use super::{
    known::{Declared, Named},
    labels::{Labels, Presence},
    problem::{Problem, proposal},
    series::Series,
    walk::Walk,
};
use crate::{
    catalogue::SampleKind,
    promql::{ANY, literal_alternatives},
};

const METRIC_NAME: &str = "__name__";

impl Walk<'_> {
    pub(super) fn selector(&mut self, selector: &VectorSelector) -> Series {
        let matchers = &selector.matchers.matchers;
        if !selector.matchers.or_matchers.is_empty() {
            // Each alternative can be of another metric.
            if let Some(name) = &selector.name {
                self.named(name);
            }
            return Series::any();
        }
        let is_name = |matcher: &&Matcher| matcher.name == METRIC_NAME;
        let by_matcher = matchers.iter().filter(is_name).find_map(|matcher| match &matcher.op {
            MatchOp::Equal => Some(&matcher.value),
            _ => None,
        });
        let Some(name) = selector.name.as_ref().or(by_matcher) else {
            for matcher in matchers.iter().filter(is_name) {
                self.name_pattern(matcher);
            }
            return Series::any();
        };
        match self.named(name) {
            Named::Declared(declared) => self.declared(&declared, matchers),
            Named::Allowed | Named::Unknown => Series::any(),
        }
    }

    /// What is known of a name, which is a problem if nothing is.
    fn named(&mut self, name: &str) -> Named {
        if name.contains(ANY) {
            return Named::Allowed;
        }
        let named = self.known.name(name);
        if matches!(named, Named::Unknown) {
            let nearest = self.known.nearest(name);
            let problem = if self.known.was_renamed(name) {
                Problem::new("unknown-metric", format!("the metric of `{name}` was renamed"))
            } else {
                Problem::new("unknown-metric", format!("no samples are named `{name}`"))
            };
            self.report(Problem {
                remedy: nearest.map(|n| format!("did you mean `{n}`?")),
                ..problem
            });
        }
        named
    }

    /// A name that a regular expression has to match.
    fn name_pattern(&mut self, matcher: &Matcher) {
        let MatchOp::Re(pattern) = &matcher.op else { return };
        if matcher.value.contains(ANY) {
            return;
        }
        if let Some(names) = literal_alternatives(&matcher.value) {
            for name in names {
                self.named(&name);
            }
        } else if !self.known.has_name(|name| pattern.is_match(name)) {
            let value = &matcher.value;
            let problem = format!("no samples have a name that `{value}` matches");
            self.report(Problem::new("unknown-metric", problem));
        }
    }

    fn declared(&mut self, declared: &Declared, matchers: &[Matcher]) -> Series {
        let mut series = Series::of_labels(self.labels(declared));
        series.of = Some(declared.name.clone());
        if declared.is_certain {
            series.samples = Some((declared.name.clone(), declared.kind));
            if declared.kind.is_cumulative() {
                series.bare.push(declared.name.clone());
            }
            match declared.kind {
                SampleKind::Bucket if !matchers.iter().any(|matcher| matcher.name == "le") => {
                    series.buckets.push(declared.name.clone());
                }
                SampleKind::Bucket => {}
                _ => series.others.push(declared.name.clone()),
            }
        }
        for matcher in matchers.iter().filter(|matcher| matcher.name != METRIC_NAME) {
            series.labels = self.matcher(declared, matcher, series.labels);
        }
        series
    }

    /// The labels of every series of a name.
    fn labels(&self, declared: &Declared) -> Labels {
        let mut labels = Labels::none();
        for label in self.known.ambient() {
            let is_of_all = label == "job" || label == "instance";
            let presence = if is_of_all { Presence::Sure } else { Presence::Possible };
            labels = labels.with(label, presence);
        }
        for (label, values) in &declared.labels {
            let presence = match values {
                _ if !declared.is_certain => Presence::Possible,
                // An empty value is a label that is not there.
                Some(values) if values.contains("") => Presence::Possible,
                Some(values) if values.len() > 1 => Presence::Varied,
                _ if label == "le" => Presence::Varied,
                _ => Presence::Sure,
            };
            labels = labels.with(label, presence);
        }
        labels
    }

    /// Judges a matcher, and returns the labels of the series that it leaves.
    fn matcher(&mut self, declared: &Declared, matcher: &Matcher, labels: Labels) -> Labels {
        let (label, value) = (&matcher.name, &matcher.value);
        if label.contains(ANY) {
            return labels;
        }
        if !labels.has(label) {
            // `label=""` asks for series without the label.
            if !(value.is_empty() && matches!(matcher.op, MatchOp::Equal)) {
                let name = &declared.name;
                self.unknown_label(format!("`{name}` has no label `{label}`"), label, declared);
            }
            return labels;
        }
        if value.contains(ANY) {
            return vary_no_more(labels, label);
        }
        self.value(declared, matcher);
        match matcher.op {
            MatchOp::Equal if value.is_empty() => labels.without(std::slice::from_ref(label)),
            _ => vary_no_more(labels, label),
        }
    }

    fn unknown_label(&mut self, problem: String, label: &str, declared: &Declared) {
        let own = declared.labels.keys().map(String::as_str);
        let remedy = proposal(label, own, "it has");
        let remedy = remedy.unwrap_or_else(|| "it has no labels of its own".to_owned());
        self.report(Problem::new("unknown-label", problem).remedy(remedy));
    }
}

/// The labels of series that were chosen by a label.
fn vary_no_more(labels: Labels, label: &str) -> Labels {
    let Labels::Known(mut labels) = labels else { return labels };
    if let Some(presence) = labels.get_mut(label).filter(|p| **p == Presence::Varied) {
        *presence = Presence::Sure;
    }
    Labels::Known(labels)
}
