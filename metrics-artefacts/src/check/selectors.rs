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
            let problem = if let Some(now) = self.known.renamed(name) {
                Problem::new("unknown-metric", format!("`{name}` was renamed"))
                    .remedy(format!("use `{now}`"))
            } else {
                let remedy = match self.known.nearest(name) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "names of other programs are allowed with `--allow`".to_owned(),
                };
                Problem::new("unknown-metric", format!("no samples are named `{name}`"))
                    .remedy(remedy)
            };
            self.report(problem);
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
        let is_chosen = |label: &&String| {
            let chooses = |matcher: &&Matcher| {
                matcher.name == **label && matches!(matcher.op, MatchOp::Equal)
            };
            matchers.iter().any(|matcher| chooses(&matcher))
        };
        let apart = declared.of_boundaries.iter().filter(|label| !is_chosen(label));
        let apart: Vec<_> = apart.cloned().collect();
        if !apart.is_empty() && !series.buckets.is_empty() {
            series.mixed.push((declared.name.clone(), apart));
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

#[cfg(test)]
mod tests {
    use super::super::{
        options::CheckOptions,
        testing::{assert_problems, assert_right, problems_with},
    };

    #[test]
    fn names_are_those_of_samples() {
        assert_right(&[
            "rate(shop_orders_total[5m])",
            "rate({__name__=\"shop_orders_total\"}[5m])",
            "{__name__=~\"shop_.*\"}",
            "{__name__=~\"shop_guests|up\"}",
            "{__name__!=\"shop_x\", job=\"shop\"}",
            "{job=\"shop\"}",
            "up == 0 or scrape_duration_seconds > 1",
            "ALERTS{alertstate=\"firing\"} * on (job) group_left (version) osapi_build_info",
            "ALERTS_FOR_STATE and on (job) target_info",
            "shop_$thing + ${metric}",
        ]);
        assert_problems(&[
            (
                "rate(shop_order_total[5m])",
                &["no samples are named `shop_order_total`; did you mean `shop_orders_total`?"],
            ),
            (
                "node_load1",
                &["no samples are named `node_load1`; names of other programs are allowed with \
                   `--allow`"],
            ),
            (
                "rate(shop_wait_seconds[5m])",
                &[
                    "no samples are named `shop_wait_seconds`; did you mean `shop_wait_seconds_bucket`?",
                ],
            ),
            (
                "rate(shop_sales_total[5m])",
                &["`shop_sales_total` was renamed; use `shop_orders_total`"],
            ),
            (
                "{__name__=~\"shop_guests|shop_gests\"}",
                &["no samples are named `shop_gests`; did you mean `shop_guests`?"],
            ),
            ("{__name__=~\"shup_.*\"}", &["no samples have a name that `shup_.*` matches"]),
            (
                "{__name__=\"shop_gest\"}",
                &["no samples are named `shop_gest`; did you mean `shop_guests`?"],
            ),
        ]);
    }

    #[test]
    fn names_and_labels_of_others_are_allowed_by_options() {
        let query = "sum by (pod) (node_load1) / sum by (pod) (shop_guests)";
        let options = CheckOptions::default()
            .allow(["node_.*".parse().unwrap()])
            .with_target_labels(["pod".to_owned()]);
        assert_eq!(problems_with(query, &options), [""; 0]);
        let options = CheckOptions::default().allow(["ode_load.".parse().unwrap()]);
        assert_eq!(
            problems_with(query, &options),
            [
                "no samples are named `node_load1`; names of other programs are allowed with `--allow`",
                "`shop_guests` has no label `pod` for `by`; it has no labels of its own",
            ]
        );
    }

    #[test]
    fn labels_are_those_of_the_metric_and_of_targets() {
        assert_right(&[
            "shop_guests{job=\"shop\", instance=~\".*:80\", otel_metric_overflow=\"true\"}",
            "rate(shop_orders_total{paid=\"true\", operation!=\"\"}[5m])",
            "rate(shop_wait_seconds_bucket{le=\"5\"}[5m])",
            "shop_guests{pod=\"\"}",
            "shop_guests{$filter}",
            "shop_guests{$label=\"a\"}",
        ]);
        assert_problems(&[
            (
                "rate(shop_orders_total{pait=\"true\"}[5m])",
                &["`shop_orders_total` has no label `pait`; did you mean `paid`?"],
            ),
            (
                "rate(shop_orders_total{colour!=\"red\"}[5m])",
                &["`shop_orders_total` has no label `colour`; it has `operation`, `paid`"],
            ),
            (
                "shop_guests{x=~\"a|b\"}",
                &["`shop_guests` has no label `x`; it has no labels of its own"],
            ),
            (
                "rate(shop_wait_seconds_count{le=\"5\"}[5m])",
                &["`shop_wait_seconds_count` has no label `le`; it has `operation`"],
            ),
        ]);
    }
}
