//! Families: whether they are declared, and whether type, unit and HELP are as declared.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    declared::DeclaredMetric,
    exposed::{Exposed, Metadata},
    options::VerifyOptions,
    shown::quoted,
};
use crate::{
    catalogue::Catalogues,
    exposition::FamilyType,
    finding::{Finding, Place},
};

/// The most families of a source that are each named as undeclared.
const NAMED: usize = 100;

/// Families that every program exposes without a declaration: the resource, the scopes, the build.
const OF_THE_RUNTIME: [&str; 5] =
    ["osapi_build_info", "otel_scope", "otel_scope_info", "target", "target_info"];

/// A finding, with the metric or the label that it is about.
#[derive(Debug)]
pub(super) struct Advice {
    pub(super) entity: String,
    pub(super) finding: Finding,
}

impl Advice {
    pub(super) fn new(
        rule: &'static str,
        exposed: &Exposed,
        line: Option<usize>,
        entity: &str,
        problem: String,
    ) -> Self {
        let mut finding = Finding::new(rule, &exposed.origin, problem);
        finding.place = line.map(Place::Line);
        Self { entity: format!("{} {entity}", exposed.origin), finding }
    }

    pub(super) fn with_remedy(mut self, remedy: Option<String>) -> Self {
        self.finding.remedy = remedy;
        self
    }
}

/// The families that no program declares, with their lines.
pub(super) fn undeclared<'a>(
    metrics: &[DeclaredMetric<'_>],
    exposed: &'a Exposed,
    options: &VerifyOptions,
) -> BTreeMap<&'a str, Option<usize>> {
    let mut samples = BTreeSet::new();
    let mut families = BTreeSet::new();
    for metric in metrics {
        samples.extend(metric.samples());
        families.extend([metric.prometheus_name(), metric.family()]);
    }
    let allowed = |name: &str| {
        options.allowed.iter().any(|pattern| pattern.matches(name))
            || OF_THE_RUNTIME.contains(&name)
            || (exposed.is_stored && is_of_prometheus(name))
    };
    let mut found: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    let mut with_samples = BTreeSet::new();
    for (name, known) in &exposed.samples {
        let family = exposed.family_of(name);
        with_samples.insert(family);
        if !samples.contains(name) && !allowed(name) && !allowed(family) {
            let line = exposed.families.get(family).and_then(|metadata| metadata.line);
            found.entry(family).or_insert(line.or(known.line));
        }
    }
    for (name, metadata) in &exposed.families {
        let is_judged = with_samples.contains(name.as_str()) || families.contains(name.as_str());
        if !is_judged && !allowed(name) {
            found.entry(name).or_insert(metadata.line);
        }
    }
    found
}

/// What Prometheus adds to the series of a target, and what its rules write.
pub(super) fn is_of_prometheus(name: &str) -> bool {
    name == "up" || name.starts_with("scrape_") || name.starts_with("ALERTS") || name.contains(':')
}

/// Findings about the families of one source.
pub(super) fn judge(
    catalogues: &Catalogues,
    metrics: &[DeclaredMetric<'_>],
    exposed: &Exposed,
    options: &VerifyOptions,
) -> Vec<Advice> {
    let undeclared = undeclared(metrics, exposed, options);
    let mut found = Vec::new();
    for (name, line) in undeclared.iter().take(NAMED) {
        let problem = format!("{} is exposed and not declared", quoted(name));
        let nearest = nearest(catalogues, name).map(|near| format!("did you mean `{near}`?"));
        let advice = Advice::new("undeclared-metric", exposed, *line, name, problem);
        found.push(advice.with_remedy(nearest));
    }
    if undeclared.len() > NAMED {
        let further = undeclared.len() - NAMED;
        let problem = format!("{further} further metrics are exposed and not declared");
        found.push(Advice::new("undeclared-metric", exposed, None, "", problem));
    }
    for metric in metrics {
        found.extend(metadata(metric, exposed));
    }
    found
}

/// The metric that an undeclared family most likely is.
fn nearest(catalogues: &Catalogues, family: &str) -> Option<String> {
    let sample = catalogues.nearest(family).or_else(|| {
        // The family of a counter in `OpenMetrics`.
        catalogues.nearest(&format!("{family}_total"))
    })?;
    let metric = catalogues.samples(sample).next()?.metric;
    Some(metric.prometheus_name.clone())
}

/// Type, unit and HELP of a declared metric.
fn metadata(metric: &DeclaredMetric<'_>, exposed: &Exposed) -> Vec<Advice> {
    let name = metric.prometheus_name();
    let known = exposed.families.get(name).or_else(|| exposed.families.get(metric.family()));
    let is_exposed = exposed.samples.contains_key(&metric.counted());
    let Some(Metadata { line, kinds, units, helps }) = known else {
        if !is_exposed || exposed.is_stored {
            return Vec::new();
        }
        let line = exposed.samples.get(&metric.counted()).and_then(|samples| samples.line);
        let [kind, _] = metric.types();
        let problem = format!("`{name}` is exposed without a type, and is declared as {kind}");
        return vec![Advice::new("other-type", exposed, line, name, problem)];
    };
    let mut found = Vec::new();
    let mut report = |rule, problem| {
        found.push(Advice::new(rule, exposed, *line, name, problem));
    };
    let [expected, _] = metric.types();
    let unknown = |kind: &FamilyType| exposed.is_stored && *kind == FamilyType::Unknown;
    let is_expected = |kind: &FamilyType| metric.types().contains(&kind.as_str());
    let mut others = kinds.iter().filter(|kind| !is_expected(kind) && !unknown(kind));
    if !kinds.iter().any(is_expected)
        && let Some(other) = others.next()
    {
        let other = other.as_str();
        report(
            "other-type",
            format!("`{name}` has the type {other} and is declared as {expected}"),
        );
    } else if kinds.is_empty() && is_exposed && !exposed.is_stored {
        let problem = format!("`{name}` is exposed without a type, and is declared as {expected}");
        report("other-type", problem);
    }
    let unit = metric.unit();
    if let Some(other) = units.first().filter(|_| !units.contains(&unit)) {
        let declared = if unit.is_empty() { "none".to_owned() } else { format!("`{unit}`") };
        let other = quoted(other);
        let problem = format!("`{name}` has the unit {other}, and the declared one is {declared}");
        report("other-unit", problem);
    }
    let is_declared = |help: &String| metric.documents.iter().any(|one| one.description == *help);
    if let Some(other) = helps.first().filter(|_| !helps.iter().any(is_declared)) {
        let declared = quoted(&metric.first.description);
        let other = quoted(other);
        let problem =
            format!("the HELP of `{name}` is {other}, and the declared one is {declared}");
        report("other-help", problem);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::testing::found, *};
    use crate::exposition::Format;

    const ORDERS: &str = "# TYPE shop_orders_paid_total counter\n";

    fn problems(text: &str, format: Format) -> Vec<String> {
        found(text, format, &VerifyOptions::default())
    }

    #[test]
    fn a_family_that_nobody_declares_is_named_with_the_nearest_one() {
        let text = "shop_orders_payd_total 1\nshop_sales_total 1\n# TYPE lonely gauge\n\
                    # TYPE wait summary\nwait_sum 1\nwait_count 1\ntarget_info 1\n\
                    osapi_build_info 1\nup 1\n";
        assert_eq!(
            problems(text, Format::Text),
            [
                "3: `lonely` is exposed and not declared [undeclared-metric]",
                "1: `shop_orders_payd_total` is exposed and not declared; did you mean \
                 `shop_orders_paid_total`? [undeclared-metric]",
                "2: `shop_sales_total` is exposed and not declared; did you mean \
                 `shop_orders_paid_total`? [undeclared-metric]",
                "9: `up` is exposed and not declared [undeclared-metric]",
                "4: `wait` is exposed and not declared [undeclared-metric]",
            ]
        );
        let allowed = ["lonely|up|wait", "shop_.*"].map(|pattern| pattern.parse().unwrap());
        let options = VerifyOptions { allowed: allowed.into(), ..VerifyOptions::default() };
        assert_eq!(found(text, Format::Text, &options), Vec::<String>::new());
    }

    #[test]
    fn type_unit_and_help_are_as_declared() {
        assert_eq!(problems(&format!("{ORDERS}shop_orders_paid_total 1\n"), Format::Text), [""; 0]);
        let text = "# TYPE shop_orders_paid_total gauge\nshop_guests 1\n# HELP shop_guests No.\n\
                    # TYPE shop_visitors_total untyped\n";
        assert_eq!(
            problems(text, Format::Text),
            [
                "1: `shop_orders_paid_total` has the type gauge and is declared as counter \
                 [other-type]",
                "3: `shop_guests` is exposed without a type, and is declared as gauge [other-type]",
                "3: the HELP of `shop_guests` is `No.`, and the declared one is \
                 `Guests in the shop.` [other-help]",
                "4: `shop_visitors_total` has the type unknown and is declared as counter \
                 [other-type]",
            ]
        );
        let text = "# TYPE shop_orders_paid counter\nshop_orders_paid_total 1\n\
                    shop_orders_paid_created 1e9\n# TYPE shop_checkout_duration_seconds \
                    histogram\n# UNIT shop_checkout_duration_seconds hours\n# EOF\n";
        assert_eq!(
            problems(text, Format::OpenMetrics),
            ["4: `shop_checkout_duration_seconds` has the unit `hours`, and the declared one is \
              `seconds` [other-unit]"]
        );
    }

    #[test]
    fn many_undeclared_families_are_counted() {
        let text = (0..500).fold(String::new(), |text, nth| text + &format!("a{nth} 1\n"));
        let problems = problems(&text, Format::Text);
        assert_eq!(problems.len(), NAMED + 1);
        assert!(problems[NAMED].starts_with("400 further metrics"), "{}", problems[NAMED]);
    }
}
