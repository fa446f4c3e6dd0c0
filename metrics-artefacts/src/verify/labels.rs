//! Labels: their keys, their closed values, their limits, and the boundaries of histograms.

use std::collections::BTreeSet;

use osapi_metrics_rules::{InstrumentKind, similar::nearest};

use super::{
    declared::{DeclaredLabel, DeclaredMetric},
    exposed::{Exposed, OVERFLOW, Samples},
    families::Advice,
    options::VerifyOptions,
    shown::{list, plural, quoted},
};

/// The labels that a Prometheus adds to the series of each target.
const OF_TARGETS: [&str; 4] = ["exported_instance", "exported_job", "instance", "job"];

/// The most labels of a metric that are each named as undeclared.
const NAMED: usize = 20;

/// Findings about the labels of the declared metrics of one source.
pub(super) fn judge(
    metrics: &[DeclaredMetric<'_>],
    exposed: &Exposed,
    options: &VerifyOptions,
) -> Vec<Advice> {
    let mut found = Vec::new();
    let mut further = 0;
    for metric in metrics {
        let mut keys = BTreeSet::new();
        for name in &metric.first.samples {
            let Some(samples) = exposed.samples.get(name) else { continue };
            for key in samples.labels.keys() {
                let is_boundary = key == "le" && name.ends_with("_bucket");
                if is_boundary || is_known(metric, exposed, options, key) || !keys.insert(key) {
                    continue;
                }
                if keys.len() > NAMED {
                    further += 1;
                } else {
                    found.push(undeclared(metric, exposed, samples, key));
                }
            }
        }
        let Some(samples) = exposed.samples.get(&metric.counted()) else { continue };
        for (key, label) in &metric.labels {
            found.extend(values(metric, exposed, samples, key, label));
        }
        found.extend(overflow(metric, exposed, samples));
        found.extend(boundaries(metric, exposed, samples));
    }
    if further > 0 {
        let problem = format!("{further} further labels are not declared");
        found.push(Advice::new("undeclared-label", exposed, None, "", problem));
    }
    found
}

fn is_known(
    metric: &DeclaredMetric<'_>,
    exposed: &Exposed,
    options: &VerifyOptions,
    key: &str,
) -> bool {
    let of_targets = || OF_TARGETS.contains(&key) || options.target_labels.contains(key);
    metric.labels.contains_key(key)
        || key == OVERFLOW
        || options.constant_labels.contains(key)
        || key.starts_with("otel_scope_")
        || (exposed.is_stored && of_targets())
}

fn undeclared(
    metric: &DeclaredMetric<'_>,
    exposed: &Exposed,
    samples: &Samples,
    key: &str,
) -> Advice {
    let name = metric.prometheus_name();
    let problem = format!("`{name}` has the label {}, which is not declared", quoted(key));
    let labels: Vec<_> = metric.labels.keys().collect();
    let remedy = match nearest(key, metric.labels.keys().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if labels.is_empty() => "it has no labels".to_owned(),
        None => format!("it has {}", list(&labels)),
    };
    let entity = format!("{name} {key}");
    let advice = Advice::new("undeclared-label", exposed, samples.line, &entity, problem);
    advice.with_remedy(Some(remedy))
}

/// Values that a closed label never has, and too many values of an open one.
fn values(
    metric: &DeclaredMetric<'_>,
    exposed: &Exposed,
    samples: &Samples,
    key: &str,
    label: &DeclaredLabel<'_>,
) -> Option<Advice> {
    let (name, seen) = (metric.prometheus_name(), samples.labels.get(key)?);
    let entity = format!("{name} {key}");
    let report = |rule, problem| Advice::new(rule, exposed, samples.line, &entity, problem);
    if let Some(declared) = &label.values {
        let others: Vec<_> = seen.keys().filter(|value| !declared.contains(&&***value)).collect();
        let first = others.first()?;
        let remedy = match nearest(first, declared.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declared are {}", list(declared)),
        };
        let noun = plural("value", others.len());
        let problem =
            format!("the label `{key}` of `{name}` has the undeclared {noun} {}", list(&others));
        return Some(report("undeclared-value", problem).with_remedy(Some(remedy)));
    }
    // A limit is that of a process, and a Prometheus has the values of all processes.
    let limit = label.limit.filter(|limit| !exposed.is_stored && seen.len() > *limit)?;
    let number = seen.len();
    let problem =
        format!("the label `{key}` of `{name}` has {number} values, and its limit is {limit}");
    Some(report("too-many-values", problem))
}

/// Samples beyond a limit.
fn overflow(metric: &DeclaredMetric<'_>, exposed: &Exposed, samples: &Samples) -> Option<Advice> {
    samples.labels.get(OVERFLOW)?.get("true")?;
    let name = metric.prometheus_name();
    let problem = format!(
        "`{name}` has an overflow series: the labels have more values than their limits allow"
    );
    let advice = Advice::new("overflow", exposed, samples.line, name, problem);
    let remedy = "record fewer values, or declare higher limits";
    Some(advice.with_remedy(Some(remedy.to_owned())))
}

/// Buckets that end elsewhere than declared.
fn boundaries(metric: &DeclaredMetric<'_>, exposed: &Exposed, count: &Samples) -> Option<Advice> {
    let declared = metric.boundaries();
    if metric.kind != InstrumentKind::Histogram || declared.is_empty() {
        return None;
    }
    let name = metric.prometheus_name();
    let buckets = exposed.samples.get(&format!("{name}_bucket"));
    let line = buckets.map_or(count.line, |buckets| buckets.line);
    let report = |problem| Some(Advice::new("other-boundaries", exposed, line, name, problem));
    let Some(values) = buckets.and_then(|buckets| buckets.labels.get("le")) else {
        // A Prometheus has no buckets of a native histogram.
        return if exposed.is_stored { None } else { report(format!("`{name}` has no buckets")) };
    };
    let mut seen = Vec::new();
    for value in values.keys() {
        match value.parse::<f64>() {
            Ok(number) if !number.is_nan() => seen.push(number),
            _ if exposed.is_stored => {
                return report(format!("`{name}` has the boundary {}", quoted(value)));
            }
            // It is an invalid sample.
            _ => return None,
        }
    }
    let seen = sorted(seen);
    let union = sorted(declared.iter().flatten().copied().collect());
    let expected = declared.into_iter().map(sorted).chain([union.clone()]);
    let (finite, infinite): (Vec<f64>, Vec<f64>) = seen.iter().partition(|end| end.is_finite());
    if infinite.is_empty() {
        return report(format!("`{name}` has no bucket that ends at `+Inf`"));
    }
    // Handlers with boundaries of their own have recorded, or have not.
    let own = metric.of_handlers.iter().filter(|own| own.iter().all(|end| finite.contains(end)));
    let own: Vec<f64> = own.flatten().copied().collect();
    let with_own = |of: Vec<f64>| sorted([of, own.clone()].concat());
    let only_own = (!own.is_empty()).then(Vec::new);
    if expected.chain(only_own).any(|expected| with_own(expected) == finite) {
        return None;
    }
    let without = |these: &[f64], others: &[f64]| {
        let these = these.iter().filter(|end| !others.contains(end));
        list(&these.map(ToString::to_string).collect::<Vec<_>>())
    };
    let parts = [("lacks", without(&union, &finite)), ("adds", without(&finite, &union))];
    let parts = parts.iter().filter(|(_, ends)| !ends.is_empty());
    let parts: Vec<_> = parts.map(|(verb, ends)| format!("{verb} {ends}")).collect();
    let difference = if parts.is_empty() {
        "has those of several programs".to_owned()
    } else {
        parts.join(" and ")
    };
    report(format!("`{name}` has other boundaries than declared: it {difference}"))
}

fn sorted(mut ends: Vec<f64>) -> Vec<f64> {
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::{super::testing::found, *};
    use crate::exposition::Format;

    fn problems(text: &str) -> Vec<String> {
        let metrics = "# TYPE shop_orders_paid_total counter\n# TYPE shop_visitors_total counter\n\
                       # TYPE shop_basket_size_bytes histogram\n";
        found(&format!("{metrics}{text}"), Format::Text, &VerifyOptions::default())
    }

    #[test]
    fn keys_and_closed_values_are_as_declared() {
        let text = "shop_orders_paid_total{payment=\"card\",otel_scope_name=\"a\"} 1\n\
                    shop_orders_paid_total{payments=\"card\"} 1\n\
                    shop_orders_paid_total{payment=\"cart\"} 1\n\
                    shop_orders_paid_total{payment=\"gold\"} 0\n\
                    shop_orders_paid_total{instance=\"a\",payment=\"\"} 0\n\
                    shop_visitors_total{otel_metric_overflow=\"true\"} 7\n";
        assert_eq!(
            problems(text),
            [
                "4: `shop_orders_paid_total` has the label `instance`, which is not declared; it \
                 has `payment` [undeclared-label]",
                "4: `shop_orders_paid_total` has the label `payments`, which is not declared; did \
                 you mean `payment`? [undeclared-label]",
                "4: the label `payment` of `shop_orders_paid_total` has the undeclared values \
                 `cart`, `gold`; did you mean `card`? [undeclared-value]",
                "9: `shop_visitors_total` has an overflow series: the labels have more values \
                 than their limits allow; record fewer values, or declare higher limits [overflow]",
            ]
        );
    }

    #[test]
    fn constant_labels_are_labels_of_every_series() {
        let text = "# TYPE shop_orders_paid_total counter\n\
                    shop_orders_paid_total{payment=\"card\",region=\"a\"} 1\n";
        let options = VerifyOptions {
            constant_labels: ["region".to_owned()].into(),
            ..VerifyOptions::default()
        };
        assert_eq!(found(text, Format::Text, &options), [""; 0]);
        let without = found(text, Format::Text, &VerifyOptions::default());
        assert_eq!(without.len(), 1, "{without:?}");
        assert!(without[0].contains("the label `region`, which is not declared"), "{without:?}");
    }

    #[test]
    fn many_undeclared_labels_are_counted() {
        let labels: Vec<_> = (0..100_000).map(|nth| format!("a{nth}=\"x\"")).collect();
        let labels = labels.join(",");
        let text =
            format!("shop_orders_paid_total{{{labels}}} 1\nshop_visitors_total{{{labels}}} 1\n");
        let problems = problems(&text);
        assert_eq!(problems.len(), 2 * NAMED + 1);
        let last = problems.last().unwrap();
        assert!(last.starts_with("199960 further labels are not declared"), "{last}");
    }

    #[test]
    fn open_labels_have_their_limits() {
        let series = |number: usize| -> String {
            let line = |nth| format!("shop_visitors_total{{card=\"{nth}\"}} 1\n");
            (0..number).map(line).collect::<Vec<_>>().concat()
        };
        assert_eq!(problems(&series(500)), [""; 0]);
        assert_eq!(
            problems(&series(501)),
            ["4: the label `card` of `shop_visitors_total` has 501 values, and its limit is 500 \
              [too-many-values]"]
        );
    }

    #[test]
    fn boundaries_are_the_declared_ones_in_both_spellings() {
        let histogram = |ends: &[&str]| -> String {
            let bucket = |end: &&str| format!("shop_basket_size_bytes_bucket{{le=\"{end}\"}} 1\n");
            ends.iter().map(bucket).chain(["shop_basket_size_bytes_count 1\n".into()]).collect()
        };
        assert_eq!(problems(&histogram(&["256", "1024.0", "4.096e+03", "+Inf"])), [""; 0]);
        for (ends, expected) in [
            (&["256", "1024", "+Inf"][..], "it lacks `4096`"),
            (&["256", "1024", "4096", "5000", "+Inf"], "it adds `5000`"),
            (&["1", "1024", "4096", "+Inf"], "it lacks `256` and adds `1`"),
            (&["256", "1024", "4096"], "has no bucket that ends at `+Inf`"),
            (&[], "has no buckets"),
        ] {
            let problems = problems(&histogram(ends));
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].contains(expected), "{problems:?}");
        }
    }
}
