//! The macros of `osapi-metrics`, which re-exports them. Use that crate; its documentation has the
//! tables of attributes.
//!
//! Each macro has a folder: `parse` records what was written, with its spans, and judges nothing;
//! `check` knows the rules and reports every mistake; `expand` turns what is left into code, and
//! cannot fail. Beside its errors a macro still emits what the rest of the user's code relies on.

mod attribute;
mod case;
mod entry;
mod enum_input;
mod error_type;
mod errors;
mod instrumented_job;
mod job_labels;
mod label_set;
mod label_value;
mod located;
mod metric_set;
mod nearest;
mod origin;
mod primitives;
mod runtime_path;
mod ungrouped;

use proc_macro::TokenStream;

/// Makes a struct of instruments a set of metrics.
///
/// On the struct, `#[metric_set(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `prefix = "osapi"` | what every name begins with; `osapi` by default, `""` for none |
/// | `allow(non_base_units)` | units such as `ms` and `%` may be used |
/// | `allow(semconv_names)` | names in namespaces of OpenTelemetry's semantic conventions may be used |
/// | `job(labels = Labels)` | the set follows jobs that have these labels; see `on` |
/// | `crate = "path"` | where `osapi_metrics` is, if the dependency was renamed |
///
/// On a field, `#[metric(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `name = "…"` | the name; by default the prefix, `_` and the field's name |
/// | `unit = "…"` | a UCUM code (`s`, `By`, `1`, `By/s`) or an annotation (`{job}`) |
/// | `description = "…"` | HELP; by default the first paragraph of the doc comment |
/// | `buckets = […]` | a histogram's boundaries, or the path of a constant |
/// | `max_series = N` | allows more than 2000 series |
/// | `on = …` | in a set that follows jobs, what the metric records, as below |
///
/// | `on = …` | instrument | what it records |
/// |---|---|---|
/// | `created` | counter | jobs submitted, where `JobSet::created` says so |
/// | `started`, `retried` | counter | jobs started; those that are not a first attempt |
/// | `completed`, `failed`, `timed_out`, `cancelled`, `panicked`, `finished` | counter | jobs that ended so, or in any way |
/// | `dead_lettered` | counter | jobs whose last attempt failed |
/// | `slo_valid`, `slo_good` | counter | jobs that count for the objective; those that met it |
/// | `active` | up-down counter | jobs now running |
/// | `duration`, `queue_wait` | histogram | how long jobs ran; how long they had waited |
/// | `attempts` | histogram | the numbers of attempts that ended |
/// | `output_size` | histogram | bytes that jobs returned |
/// | `last_success` | gauge in `s` | when a job last completed |
/// | `slo_target`, `slo_latency` | gauge in `1`, in `s` | the objective |
/// | `oldest_active` | observable gauge | how long the oldest running job has run |
///
/// A counter can follow several: `on = [started, finished]`.
#[proc_macro_derive(MetricSet, attributes(metric_set, metric))]
pub fn derive_metric_set(input: TokenStream) -> TokenStream {
    metric_set::derive(syn::parse_macro_input!(input)).into()
}

/// Makes a struct, one label a field, or an enum that derives `LabelValue`, a single label, the
/// labels of a metric.
///
/// `#[label(…)]` on a field:
///
/// | key | meaning |
/// |---|---|
/// | `key = "…"` | the label's key; by default the field's name |
/// | `max = N` | how many different values a string or an integer may take |
/// | `recent = N` | instead of `max`: how many values of a string or an integer have series at a time; a new value ends the series of the one that was used least recently. For counters, up-down counters and gauges |
/// | `flatten` | the field is a label set itself, whose labels join these |
/// | `job = status` | the field is filled in when a job ends, from its `JobStatus` |
/// | `job = error_type` | from the class of the error that a job returned; an enum marks the variant for all other classes with `#[label(other)]` |
/// | `job = error_name` | from the error's name, `unknown` if the job tells none |
/// | `job = stage` | from where the job stands when it is recorded, a `JobStage`: for metrics that follow jobs from start to end |
///
/// Fields that a job fills in are made with `From`, and stand beside the job's own labels: all of
/// them, as the one field with `flatten`, or some, with `job(labels = …)` on the type.
///
/// On the type:
///
/// | key | meaning |
/// |---|---|
/// | `job(labels = Labels)` | the fields that no `job = …` marks are clones of the fields of the same name of a job's labels |
/// | `key = "…"` | of an enum, its key; by default its name in `snake_case` |
/// | `allow(semconv_names)` | keys may have dots |
/// | `crate = "path"` | where `osapi_metrics` is, if the dependency was renamed |
#[proc_macro_derive(LabelSet, attributes(label))]
pub fn derive_label_set(input: TokenStream) -> TokenStream {
    label_set::derive(syn::parse_macro_input!(input)).into()
}

/// Makes a field-less enum a closed set of label values: its variants in `snake_case`.
///
/// `#[label(rename = "…")]` on a variant names one value, `#[label(rename_all = "…")]` on the enum
/// chooses another case: `snake_case`, `kebab-case`, `lowercase`, `UPPERCASE`,
/// `SCREAMING_SNAKE_CASE`, `SCREAMING-KEBAB-CASE`, `camelCase`, `PascalCase`.
///
/// `#[label(other)]` on a variant makes it the value of every text that is none of the values: the
/// enum is then `From<&str>` and `From<Cow<'static, str>>`, and can be a label with
/// `job = error_type`.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn derive_label_value(input: TokenStream) -> TokenStream {
    label_value::derive(syn::parse_macro_input!(input)).into()
}

/// Gives each variant of an error enum a class, for the label `error_type`.
///
/// `#[error_type(…)]` on a variant: `rename = "…"` names the class, which is the variant in
/// `snake_case` otherwise; `timeout` marks the job as timed out; `transparent` asks the error inside,
/// which may be of any type that has a class, that implements `Error`, or that holds a `dyn Error`.
/// On the enum: `crate = "path"` if the dependency was renamed.
///
/// If the enum implements `Error` and is not generic, its class is also found where it is the source
/// of an error of unknown type.
#[proc_macro_derive(ErrorType, attributes(error_type))]
pub fn derive_error_type(input: TokenStream) -> TokenStream {
    error_type::derive(syn::parse_macro_input!(input)).into()
}

/// Records each call of a function as a job: its start, its end with its status, its duration.
///
/// It goes on free functions and methods, sync and async, and on functions that return a future as
/// `impl Future`, `Pin<Box<dyn Future>>` or `BoxFuture`.
///
/// | key | meaning |
/// |---|---|
/// | `name = "…"` | the job's name; by default the function's |
/// | `error_type = \|e: &E\| …` | the class of an error; by default what `ErrorType` says, else that of a known source, else `other` |
/// | `error_name = \|e: &E\| …` | the name of an error, for labels that ask for it |
/// | `queued_at = …` | a `SystemTime` or `Instant` over the arguments, or an `Option` of one: records the time spent waiting |
/// | `scheduled_at = …` | the same, for a job that was not to run before then: what it was meant to wait is no waiting |
/// | `attempt = …` | which attempt it is, counted from 1: any integer, or an `Option` of one |
/// | `final_attempt = …` | a `bool`: no other attempt follows if this one fails |
/// | `output_size = \|output: &T\| …` | the bytes of the output |
/// | `slo(latency = "5s", target = 0.99)` | the service-level objective; the latency is one of the histogram's boundaries |
/// | `metrics = Set`, `labels = …` | another metric set that follows jobs, and the job's labels in it |
/// | `crate = "path"` | where `osapi_metrics` is, if the dependency was renamed |
///
/// The function's signature, attributes and documentation stay as they are. A job has exactly one
/// end, whatever way its function is left. Expressions of keys are evaluated once for each job, and
/// not at all if recording is off; one that panics does no harm to the job.
#[proc_macro_attribute]
pub fn instrumented_job(arguments: TokenStream, item: TokenStream) -> TokenStream {
    instrumented_job::expand(arguments.into(), item.into()).into()
}
