use osapi_metrics_rules::{InstrumentKind, NameRules};
use syn::{Generics, Ident, Type, Visibility};

use super::{
    buckets::{Buckets, check_buckets},
    follows::{Follows, check_follows},
    instrument::{Instrument, instrument},
    name::{self, MetricName, Prefix},
    parse::{Declaration, MetricField, Shape},
};
use crate::{
    attribute::{Count, Entries, Text},
    errors::Errors,
    job_labels::job_labels,
    runtime_path::RuntimePath,
};

/// A metric set whose metrics follow the rules.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) visibility: &'a Visibility,
    pub(super) runtime: RuntimePath,
    /// Whether this is a struct of which there can be one instance.
    pub(super) can_exist: bool,
    pub(super) job_labels: Option<Type>,
    pub(super) rules: SetRules,
    pub(super) metrics: Vec<Metric<'a>>,
}

pub(super) struct Metric<'a> {
    /// The field's place in the struct.
    pub(super) index: usize,
    pub(super) field: &'a Ident,
    pub(super) ty: &'a Type,
    /// What the type says, unless it is no instrument.
    pub(super) instrument: Option<Instrument>,
    pub(super) name: MetricName,
    pub(super) unit: Option<Text>,
    pub(super) help: String,
    pub(super) buckets: Buckets,
    pub(super) max_series: Option<Count>,
    pub(super) follows: Vec<Follows>,
}

impl Metric<'_> {
    /// Whether rule L5 is a check of its own, with an error that points at the type.
    pub(super) fn needs_series_check(&self) -> bool {
        self.max_series.is_some() || self.instrument.is_none_or(|instrument| instrument.labelled)
    }

    /// Whether code that needs the type to be an instrument can compile.
    pub(super) fn is_usable(&self) -> bool {
        self.instrument.is_some_and(|instrument| !instrument.unusable)
    }

    /// The unit as it was declared.
    pub(super) fn unit_code(&self) -> Option<&str> {
        self.unit.as_ref().map(|unit| unit.value.as_str())
    }
}

/// What the set says about all of its metrics.
pub(super) struct SetRules {
    pub(super) prefix: Prefix,
    pub(super) non_base_units: bool,
    pub(super) semconv_names: bool,
    pub(super) follows_jobs: bool,
}

impl SetRules {
    pub(super) fn of_names(&self) -> NameRules<'_> {
        NameRules {
            prefix: self.prefix.known().unwrap_or_default(),
            non_base_units: self.non_base_units,
            semconv_names: self.semconv_names,
        }
    }
}

pub(super) fn check<'a>(declaration: &'a Declaration, errors: &mut Errors) -> Spec<'a> {
    let Declaration { ident, generics, visibility, entries, shape } = declaration;
    entries.check_placed_keys(&["prefix", "allow", "job", "crate"], &KEYS_OF_A_METRIC, errors);
    let runtime = RuntimePath::of(entries, errors);
    let allowed = entries.words("allow", &["non_base_units", "semconv_names"], errors);
    let job_labels = job_labels(entries, errors).map(|path| syn::parse_quote!(#path));
    let rules = SetRules {
        prefix: Prefix::of(entries, errors),
        non_base_units: allowed.iter().any(|word| word == "non_base_units"),
        semconv_names: allowed.iter().any(|word| word == "semconv_names"),
        follows_jobs: entries.get("job").is_some(),
    };
    if let Some(parameter) = generics.params.first() {
        errors.report_on(
            parameter,
            "a metric set has one instance in a process; remove the parameter",
        );
    }
    let metrics = match shape {
        Shape::Struct(fields) => {
            let fields = fields.iter().enumerate();
            fields.filter_map(|(index, field)| metric(index, field, &rules, errors)).collect()
        }
        Shape::Other { at } => {
            errors.report(
                *at,
                "a metric set is a struct with named fields; give each metric a field",
            );
            Vec::new()
        }
    };
    if rules.prefix.known().is_some() {
        name::check_collisions(&metrics, &rules, errors);
    }
    check_one_oldest(&metrics, errors);
    let can_exist = generics.params.is_empty() && matches!(shape, Shape::Struct(_));
    Spec { ident, generics, visibility, runtime, can_exist, job_labels, rules, metrics }
}

/// A running job shows its age in one series.
fn check_one_oldest(metrics: &[Metric<'_>], errors: &mut Errors) {
    let is_oldest = |follows: &Follows| follows.is("oldest_active");
    let oldest = metrics.iter().filter(|metric| metric.follows.iter().any(is_oldest));
    for metric in oldest.skip(1) {
        errors.report(
            metric.field.span(),
            "two metrics of the set have `on = oldest_active`; remove one of them",
        );
    }
}

const KEYS: [&str; 6] = ["name", "unit", "description", "buckets", "max_series", "on"];

/// Keys that do not belong on a field.
const KEYS_OF_THE_SET: [(&str, &str); 6] = [
    (
        "prefix",
        "`prefix` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`",
    ),
    ("allow", "`allow` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    ("job", "`job` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    (
        "labels",
        "the labels of a metric are a parameter of its type, which derives `LabelSet`; write \
         `Counter<Labels>`",
    ),
    ("kind", "the kind of a metric is its field's type; write `Counter`, `Gauge` or `Histogram`"),
    ("type", "the kind of a metric is its field's type; write `Counter`, `Gauge` or `Histogram`"),
];

/// Keys that do not belong on the struct.
const KEYS_OF_A_METRIC: [(&str, &str); 7] = [
    ("labels", "the labels are those of the jobs that the set follows; write `job(labels = …)`"),
    ("name", "`name` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("unit", "`unit` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("description", "`description` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("buckets", "`buckets` are those of one metric; move them to `#[metric(…)]` on its field"),
    ("max_series", "`max_series` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("on", "`on` is that of one metric; move it to `#[metric(…)]` on its field"),
];

fn metric<'a>(
    index: usize,
    metric: &'a MetricField,
    rules: &SetRules,
    errors: &mut Errors,
) -> Option<Metric<'a>> {
    let MetricField { field, entries, doc } = metric;
    let ident = field.ident.as_ref()?;
    entries.check_placed_keys(&KEYS, &KEYS_OF_THE_SET, errors);
    let instrument = instrument(&field.ty, errors);
    let unit = entries.text("unit", errors);
    let mut name = MetricName::of(ident, entries, rules, errors);
    let help = help(ident, entries, doc.as_deref(), errors);
    let max_series = entries.count("max_series", errors);
    let (mut buckets, mut follows) = (Buckets::None, Vec::new());
    let misses = |key| entries.misses(key, &KEYS);
    let misses_text = |key| misses(key) || entries.is_no_text(key);
    if let Some(instrument) = instrument
        && !misses_text("unit")
    {
        let kind = instrument.kind;
        let unit_stays =
            misses_text("name") || name::check(&mut name, kind, unit.as_ref(), rules, errors);
        let needs_buckets = unit_stays && !misses("buckets");
        buckets = check_buckets(ident, kind, entries, unit.as_ref(), needs_buckets, errors);
        follows = check_follows(ident, instrument, unit.as_ref(), entries, rules, errors);
    }
    Some(Metric {
        index,
        field: ident,
        ty: &field.ty,
        instrument,
        name,
        unit,
        help,
        buckets,
        max_series,
        follows,
    })
}

/// Rule D1.
fn help(field: &Ident, entries: &Entries, doc: Option<&str>, errors: &mut Errors) -> String {
    let written = entries.text("description", errors);
    if let Some(Text { value, span }) = written {
        if value.trim().is_empty() {
            errors.report(span, "the description is empty; say what is measured");
        }
        return value;
    }
    if entries.get("description").is_none() && !entries.misses("description", &KEYS) {
        let problem = match doc {
            Some(doc) if !doc.is_empty() => return doc.to_owned(),
            Some(_) => "the metric has no description; write a doc comment, which becomes its HELP",
            None => {
                "the doc comment is put together by another macro, whose text cannot be read here; \
                 write it as a literal, or as `description = \"…\"`"
            }
        };
        errors.report(field.span(), problem);
    }
    doc.unwrap_or_default().to_owned()
}

/// "a counter", "an up-down counter".
pub(super) fn with_article(kind: InstrumentKind) -> String {
    let article = if kind == InstrumentKind::UpDownCounter { "an" } else { "a" };
    format!("{article} {}", kind.as_str())
}

/// Rule I3: a key that does not fit the instrument.
pub(super) fn refuse_key(
    key: &str,
    entries: &Entries,
    kind: InstrumentKind,
    remedy: &str,
    errors: &mut Errors,
) {
    if let Some(entry) = entries.get(key) {
        let message = format!("`{key}` does not fit {}; {remedy}", with_article(kind));
        errors.report(entry.key.span(), message);
    }
}
