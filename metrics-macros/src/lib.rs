//! The macros of `osapi-metrics`, which re-exports them. Use that crate.
//!
//! Each macro has a folder of four steps. `parse` records the declaration with its spans and judges
//! nothing. `check` knows the rules and reports every mistake. `spec` is the checked model.
//! `expand` turns the model into code and cannot fail. Beside its errors a macro emits the code
//! that the rest of the user's code relies on, so that one mistake is one error.
//!
//! The steps import in one direction: `attribute` and the files beside it, then `parse`, `spec`,
//! `check` and `expand`. `check` and `expand` do not import each other.

mod attribute;
mod case;
#[cfg(test)]
mod documentation;
mod duration;
mod enum_input;
mod error_type;
mod instrumented_job;
mod label_set;
mod label_value;
mod metric_set;
mod origin;
mod primitives;
mod runtime_path;
mod ungrouped;

use proc_macro::TokenStream;

/// Turns a struct of instruments into a metric set.
///
/// On the struct, `#[metric_set(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `prefix = "osapi"` | the beginning of every name; `osapi` by default, `""` for no prefix |
/// | `allow(non_base_units)` | units such as `ms` and `%` may be used |
/// | `allow(semconv_names)` | names in the namespaces of OpenTelemetry's semantic conventions may be used |
/// | `job(labels = Labels)` | the set records the events of jobs that have these labels; see `on` |
/// | `roles(of = Roles, labels = Labels)` | the set records the roles of an instrumentation, which are the fields of the struct `Roles`; `labels` are those of an observed thing, `()` by default; see `on` |
/// | `scope(labels = Labels)` | the set has an instance for each of several things, such as caches, and all series of an instance have these labels too: the function `scoped` returns the instance, which ends with its owner |
/// | `constant_labels(…)` | all series of the set have these labels, at most 64; see below |
/// | `runbook = "https://…"` | the web address at which a person reads what to do about an alert of the set's metrics |
/// | `group` | the struct is a group: the type of fields of sets, without a prefix and an instance; see below |
/// | `crate = "path"` | the path of `osapi_metrics`, if the dependency has another name |
///
/// On a field, `#[metric(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `name = "…"` | the whole name of the metric; by default the prefix, `_` and the field's name |
/// | `unit = "…"` | a UCUM code (`s`, `By`, `1`, `By/s`) or an annotation (`{job}`) |
/// | `description = "…"` | HELP; by default the first paragraph of the doc comment |
/// | `buckets = […]` | the boundaries of a histogram, or the path of a constant |
/// | `native` | the samples of a histogram are kept in native buckets too: for Prometheus as a native histogram and for OTLP as an exponential one |
/// | `max_series = N` | the number of series that the metric may have, if more than 2000 |
/// | `records_in = "…"` | in a set that records roles, the unit of the values of a metric whose name shows no unit |
/// | `renamed_from = "…"` | the name that the metric had before; it follows the rules for names, but may have another prefix |
/// | `absent_until = "…"` | until when a program has no values of the metric, as the end of a sentence: `"a job has failed"`; dashboards and the documentation say so |
/// | `stale_after = "30s"` | an alert fires if no value has arrived at Prometheus for this time: longer than the interval of scrapes or pushes, and at most half an hour |
/// | `warning(above = 0.8, lasting = "15m")` | a threshold, for an alert and for the colours of a dashboard; see below |
/// | `critical(above = 0.9, lasting = "5m")` | a threshold beyond `warning`, or with its value and a longer `lasting` |
/// | `group`, `group = "…"` | the field is a group, whose metrics have this part of their names behind the prefix of the set; by default the field's name, and `""` for no part |
/// | `on = …` | in a set that records job events, the event that the metric records, from the table below; in a set that records roles, the role: a field of the struct in `roles(of = …)` |
///
/// | `on = …` | instrument | the metric records |
/// |---|---|---|
/// | `created` | counter | jobs submitted, where `JobMetricSet::created` says so |
/// | `started`, `retried` | counter | jobs started; jobs started that are not a first attempt |
/// | `completed`, `failed`, `timed_out`, `cancelled`, `panicked`, `finished` | counter | jobs that ended in this way, or in any way |
/// | `dead_lettered` | counter | jobs whose last attempt failed |
/// | `slo_valid`, `slo_good` | counter | jobs that count for the objective; jobs that met the objective |
/// | `active` | up-down counter | jobs that are running |
/// | `duration`, `queue_wait` | histogram | the durations of jobs; the times that jobs waited before their start |
/// | `attempts` | histogram | the numbers of the attempts that ended |
/// | `output_size` | histogram | the sizes in bytes of the values that jobs returned |
/// | `last_success` | gauge in `s` | the time at which a job last completed |
/// | `slo_target`, `slo_latency` | gauge in `1`, in `s` | the share and the latency of the objective |
/// | `oldest_active` | observable gauge | the time that the oldest running job has run |
///
/// A counter can record several events: `on = [started, finished]`.
///
/// The functions of the set, `global` and `scoped`, are documented with the names of all metrics in
/// Prometheus and in OpenTelemetry, which an editor shows where they are called.
///
/// `prefix`, `runbook`, `name`, `description` and `group` also take the path of a constant or a
/// macro such as `concat!`: `name = names::SENT`. The compiler then checks the text by the same
/// rules.
///
/// In `constant_labels(…)` each label is a word, `=`, and a text of 1 to 255 bytes in quotes, as in
/// `tier="batch"`. The words are label keys that no metric of the set has as a label, and neither
/// has the runtime. The metrics of a group have the constant labels of the set.
///
/// In `warning(…)` and `critical(…)`:
///
/// | key | meaning |
/// |---|---|
/// | `above = N`, `below = N`, `at_least = N`, `at_most = N` | the comparison of values that have crossed the threshold: exactly one, with a number in the metric's unit |
/// | `quantile = 0.95` | for a histogram, and only there: the quantile of its values that is compared |
/// | `lasting = "15m"` | how long the values have to be beyond the threshold; at once by default |
///
/// The value of each series of a gauge or an up-down counter is compared. Of a counter, the
/// increase per second is compared: `above = 0` is any increase. The threshold of a ratio is
/// between 0 and 1, and the threshold of a quantile is within the histogram's boundaries: below the
/// last one for `above`.
///
/// A struct with `#[metric_set(group)]` implements `MetricGroup`. It is the type of fields with
/// `#[metric(group)]` in sets and in other groups, as often as needed, and each use has series of
/// its own. The name of a metric is the prefix of the set, the part of the names that each of these
/// fields gives, and the name of the metric's field, joined by `_`. `renamed_from` in a group is
/// joined in the same way. Beside `group`, the struct takes `allow` and `crate`; its metrics take
/// all keys but `name`, `on` and `records_in`, and a field with `group` takes no other key.
#[proc_macro_derive(MetricSet, attributes(metric_set, metric))]
pub fn derive_metric_set(input: TokenStream) -> TokenStream {
    metric_set::expand(input.into()).into()
}

/// Turns a struct with one label per field, or an enum that derives `LabelValue` and is a single
/// label, into the labels of a metric.
///
/// `#[label(…)]` on a field:
///
/// | key | meaning |
/// |---|---|
/// | `key = "…"` | the key of the label; by default the field's name |
/// | `max = N` | the number of different values that a string or an integer may have |
/// | `recent = N` | instead of `max`: the number of values of a string or an integer that have series at the same time; a new value ends the series of the value that was used least recently. Not for observable instruments |
/// | `exemplar` | instead of `max`: the label makes no series. Only the exemplars of counters and histograms have it, beside the trace: for ids. See the page on exemplars |
/// | `flatten` | the field is a label set, whose labels join the labels of this set |
/// | `job = status` | the field is filled when a job ends, from its `JobStatus` |
/// | `job = error_type` | the field is filled from the class of the error that a job returned; an enum marks the variant for all other classes with `#[label(other)]` |
/// | `job = error_name` | the field is filled from the name of the error; `unknown` if the job gives no name |
/// | `job = stage` | the field is filled from the `JobStage` of the job at the time of the event: for metrics that record events from the start to the end of a job |
///
/// `key` also takes the path of a constant, such as one of OpenTelemetry's semantic conventions, or
/// a macro such as `concat!`. The compiler then checks it by the same rules.
///
/// A struct may have lifetimes. The type of a metric then names the set with `'static`,
/// `Counter<RouteLabels<'static>>`, and `with` takes labels of any lifetime, so that a look-up
/// copies no text.
///
/// A field that a job fills is converted with `From`. Beside such fields, the set has the job's own
/// labels: all of them, as the one field with `flatten`, or single labels, with `job(labels = …)`
/// on the type.
///
/// On the type:
///
/// | key | meaning |
/// |---|---|
/// | `job(labels = Labels)` | each field without `job = …` is a clone of the field with the same name in the labels of the job |
/// | `key = "…"` | the key of an enum; by default its name in `snake_case` |
/// | `allow(semconv_names)` | keys may have dots |
/// | `crate = "path"` | the path of `osapi_metrics`, if the dependency has another name |
#[proc_macro_derive(LabelSet, attributes(label))]
pub fn derive_label_set(input: TokenStream) -> TokenStream {
    label_set::derive(syn::parse_macro_input!(input)).into()
}

/// Turns an enum without data into a closed set of label values: its variants in `snake_case`.
///
/// `#[label(rename = "…")]` on a variant sets one value. `#[label(rename_all = "…")]` on the enum
/// selects another case: `snake_case`, `kebab-case`, `lowercase`, `UPPERCASE`,
/// `SCREAMING_SNAKE_CASE`, `SCREAMING-KEBAB-CASE`, `camelCase`, `PascalCase`.
///
/// `#[label(other)]` on a variant makes it the value of every text that is not one of the values.
/// The enum then implements `From<&str>` and `From<Cow<'static, str>>`, and can be a label with
/// `job = error_type`. On the enum, `crate = "path"` is the path of `osapi_metrics`, if the
/// dependency has another name.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn derive_label_value(input: TokenStream) -> TokenStream {
    label_value::derive(syn::parse_macro_input!(input)).into()
}

/// Gives each variant of an error enum a class, for the label `error_type`.
///
/// `#[error_type(…)]` on a variant: `rename = "…"` names the class, which is the variant in
/// `snake_case` by default; `timeout` marks the job as timed out; `benign` marks an error that is
/// no failure, with which the job has completed; `transparent` takes the class and the marks of the
/// inner error, whose type has a class, implements `Error`, or holds a `dyn Error`. On the enum,
/// `crate = "path"` is the path of `osapi_metrics`, if the dependency has another name.
///
/// If the enum implements `Error` and is not generic, its class is also found if it is the source
/// of an error without a class.
#[proc_macro_derive(ErrorType, attributes(error_type))]
pub fn derive_error_type(input: TokenStream) -> TokenStream {
    error_type::derive(syn::parse_macro_input!(input)).into()
}

/// Records each call of a function as a job: its start, its end with its status, its duration.
///
/// The attribute goes on free functions and methods, sync and async, and on functions that return a
/// future as `impl Future`, `Pin<Box<dyn Future>>` or `BoxFuture`, or a stream as `impl Stream`,
/// `Pin<Box<dyn Stream>>` or `BoxStream`. A stream is a job from its first poll to its end.
///
/// | key | meaning |
/// |---|---|
/// | `name = "…"` | the name of the job, or the path of a constant; by default the name of the function, in a block behind the prefix |
/// | `error_type = \|e: &E\| …` | the class of an error; by default the class of its `ErrorType`, else the class of a source that has one, else `other` |
/// | `error_name = \|e: &E\| …` | the name of an error, for the labels that it fills |
/// | `ok_if = \|e: &E\| …` | a `bool`: the error is no failure, and the job has completed; by default, variants with `#[error_type(benign)]` are no failures |
/// | `cancelled_if = \|e: &E\| …` | a `bool`: the job with this error was cancelled |
/// | `queued_at = …` | a `SystemTime` or `Instant` over the arguments, or an `Option` of one: records the time spent waiting |
/// | `scheduled_at = …` | a time as for `queued_at`, before which the job was not meant to run: the time until then does not count as waiting |
/// | `attempt = …` | the number of the attempt, counted from 1: any integer, or an `Option` of one |
/// | `final_attempt = …` | a `bool`: no other attempt follows if this attempt fails |
/// | `output_size = \|output: &T\| …` | the size of the output in bytes |
/// | `item_errors` | of a function that returns a stream: the first item that is an `Err` ends the job as failed |
/// | `slo(latency = "5s", target = 0.99)` | the service-level objective; the latency is one of the histogram's boundaries. `slo(…, min_events = 50)` adds the fewest jobs in the shortest window of an alert for which the alert counts |
/// | `buckets = […]` | the boundaries of the histogram of durations for the jobs of this function, or the path of a constant; by default those of the histogram |
/// | `metrics = Set`, `labels = …` | another metric set that records job events, and the labels of the job in that set |
/// | `crate = "path"` | the path of `osapi_metrics`, if the dependency has another name |
/// | `prefix = "…"` | of a block: the beginning of the names of its jobs; by default the type in `snake_case`, and the trait if the block implements one |
/// | `skip` | of a method of a block: it is no job |
///
/// The attribute also goes on an `impl` block, of a type or of a trait, as if it were on each of
/// its methods. A method has the keys of the block that fit it, and its own: a key of
/// `#[instrumented_job(…)]` on the method wins.
///
/// The function's signature, attributes and documentation stay as they are. A job has exactly one
/// end, in whatever way its function is left. The expressions of the keys are evaluated once for
/// each job, and not evaluated if recording is off. A panic in such an expression does not affect
/// the job.
#[proc_macro_attribute]
pub fn instrumented_job(arguments: TokenStream, item: TokenStream) -> TokenStream {
    instrumented_job::expand(arguments.into(), item.into()).into()
}
