//! Types, values, macros, modules and methods with names of the prelude, the standard library and
//! the framework.

#![allow(
    dead_code,
    non_camel_case_types,
    unused_imports,
    unused_macros,
    reason = "the names are there to be in the way"
)]
#![allow(clippy::wrong_self_convention, reason = "the methods are called like others")]

use ::osapi_metrics::{ErrorType, LabelSet, LabelValue, MetricSet, instrumented_job};

mod core {}
mod std {}
mod alloc {}
mod inventory {}
mod osapi_metrics {}
mod osapi_metrics_macros {}
mod osapi_metrics_rules {}
mod renamed_metrics {}
mod __private0_1_0 {}

struct Option;
struct Result;
struct Vec;
struct String;
struct Box;
struct Cow;
struct Some;
struct None;
struct Ok;
struct Err;
struct Self_;
struct Instrument;
struct Instance;
struct MetricDescriptor;
struct LabelDescriptor;
struct Threshold;
struct Severity;
struct Comparison;
struct Duration;
struct JobGuard;
struct JobFuture;
struct JobMetrics;
struct JobReport;
struct ReturnValue;

/// Items whose names parameters and variables cannot have.
struct labels;
struct event;
struct visitor;
struct instruments;
struct instance;
struct active;
struct base;
struct end;
struct inner;
struct output;
struct descriptor;
struct make;
struct name;
struct origin;
struct returned;
struct thresholds;
struct declared;

trait Clone {}
trait Copy {}
trait Drop {}
trait Fn {}
trait FnOnce {}
trait Into {}
trait From {}
trait Future {}
trait Send {}
trait Sync {}
trait Sized {}
trait Default {}
trait Debug {}
trait Deref {}
trait Error {}
trait AsRef {}
trait ToOwned {}
trait ToString {}
trait Iterator {}
trait IntoIterator {}
trait PartialEq {}
trait Eq {}
trait HasHandler {}
trait FromJob {}

mod primitives {
    pub(super) type bool = ();
    pub(super) type str = ();
    pub(super) type usize = ();
    pub(super) type u64 = ();
    pub(super) type f64 = ();
    pub(super) type u8 = ();
    pub(super) type i64 = ();
    pub(super) type char = ();
}
use primitives::*;

macro_rules! in_the_way {
    ($dollar:tt $($name:ident)*) => {$(
        macro_rules! $name {
            ($dollar($dollar _:tt)*) => {
                compile_error!("not the standard macro")
            };
        }
    )*};
}
in_the_way! { $
    assert assert_eq assert_ne column concat debug_assert env file format format_args include_str
    line matches module_path option_env panic print println stringify todo unimplemented unreachable
    vec write
}

/// Functions and constants with names of the framework.
fn drop() {}
fn run() {}
fn declare() {}
fn renamed_from() {}
fn with_thresholds() {}
fn output_size() {}
const LABELS: () = ();
const VALUES: () = ();
const DESCRIPTORS: () = ();

/// Methods that every type has in this module.
trait Meddling: ::core::marker::Sized {
    fn as_slice(self) {}
    fn set(self) {}
    fn instruments(self) {}
    fn index(self) {}
    fn len(self) {}
    fn visit(&self) {}
    fn with_unit(self) {}
    fn with_help(self) {}
    fn with_labels(self) {}
    fn with_buckets(self) {}
    fn with_origin(self) {}
    fn with_renamed_from(self) {}
    fn with_thresholds(self) {}
    fn with_min_events(self) {}
    fn at_quantile(self) {}
    fn lasting(self) {}
    fn observable(self) {}
    fn max_series(self) {}
    fn as_closed_label(self) {}
    fn as_label(self) {}
    fn waited(&self) {}
    fn report_oldest_to(self) {}
    fn error_type(&self) {}
    fn job_status(&self) {}
    fn map(self) {}
    fn as_ref(&self) {}
    fn outcome(&self) {}
    fn success(&self) {}
    fn clone(&self) {}
}
impl<T> Meddling for T {}

const BUCKETS: &[::core::primitive::f64] = &[1.0, 2.0];
const PREFIX: &::core::primitive::str = "shadowed_constants";
const MAX: ::core::primitive::usize = 10;

#[derive(::core::clone::Clone, LabelSet)]
struct ConstantLabels {
    #[label(max = MAX)]
    queue: ::std::string::String,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX, runbook = "https://example.org/shadowed")]
struct ConstantMetrics {
    /// Steps by queue.
    #[metric(max_series = MAX, renamed_from = "shadowed_total", warning(above = 0))]
    steps_total: ::osapi_metrics::Counter<ConstantLabels>,
}

/// Associated items with names of the traits.
impl Outcome {
    const VALUES: ::core::primitive::usize = 4;
    const LABELS: ::core::primitive::usize = 1;
    const LABEL_VALUES: ::core::primitive::usize = 4;

    const fn index(self) -> ::core::primitive::usize {
        Self::VALUES + Self::LABELS + Self::LABEL_VALUES + self as ::core::primitive::usize
    }
}

impl StepLabels {
    const LABELS: ::core::primitive::usize = 2;
}

#[derive(::core::clone::Clone, ::core::marker::Copy, LabelValue, LabelSet)]
enum Outcome {
    Some,
    None,
    Ok,
    Err,
}

#[derive(::core::clone::Clone, LabelSet)]
struct StepLabels {
    outcome: Outcome,
    #[label(max = 10)]
    queue: ::std::string::String,
}

#[derive(::core::clone::Clone, LabelSet)]
struct EndLabels {
    #[label(flatten)]
    base: StepLabels,
    #[label(job = status)]
    end: ::osapi_metrics::JobStatus,
    #[label(max = 10, job = error_type)]
    error_type: ::std::borrow::Cow<'static, ::core::primitive::str>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shadowed", job(labels = StepLabels))]
struct StepMetrics {
    /// Steps that failed.
    #[metric(name = "shadowed_labels_total", on = failed)]
    labels: ::osapi_metrics::Counter<EndLabels>,
    /// Steps now running.
    #[metric(name = "shadowed_active", on = active)]
    event: ::osapi_metrics::UpDownCounter,
    /// Time that steps take.
    #[metric(
        name = "shadowed_time_seconds",
        renamed_from = "shadowed_duration_seconds",
        absent_until = "somebody has looked",
        stale_after = "90s",
        unit = "s",
        buckets = BUCKETS,
        on = duration,
        warning(above = 1, quantile = 0.95, lasting = "10m"),
        critical(above = 1.5, quantile = 0.95, lasting = "500ms")
    )]
    instance: ::osapi_metrics::Histogram<StepLabels, ::core::primitive::f64>,
    /// Time that steps waited.
    #[metric(name = "shadowed_wait_seconds", unit = "s", on = queue_wait)]
    histogram: ::osapi_metrics::Histogram<StepLabels>,
    /// Size of what steps made.
    #[metric(name = "shadowed_output_bytes", unit = "By", on = output_size)]
    output: ::osapi_metrics::Histogram,
    /// Attempts.
    #[metric(name = "shadowed_attempts", buckets = [1, 2], on = attempts)]
    attempts: ::osapi_metrics::Histogram,
    /// Attempts in vain.
    #[metric(name = "shadowed_lost_total", on = dead_lettered)]
    lost: ::osapi_metrics::Counter,
    /// Steps that count.
    #[metric(name = "shadowed_valid_total", on = [slo_valid, created])]
    valid: ::osapi_metrics::Counter,
    /// Last success.
    #[metric(name = "shadowed_last_timestamp_seconds", unit = "s", on = last_success)]
    last: ::osapi_metrics::Gauge<StepLabels>,
    /// Age of the oldest step.
    #[metric(name = "shadowed_oldest_seconds", unit = "s", on = oldest_active)]
    active: ::osapi_metrics::ObservableGauge<StepLabels>,
}

#[derive(::core::fmt::Debug, ::core::default::Default)]
struct MailRoles {
    labels: ::osapi_metrics::roles::Count,
    clone: ::osapi_metrics::roles::Distribution<::osapi_metrics::roles::Seconds>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shadowed_server", scope(labels = StepLabels))]
struct ServerMetrics {
    /// Mails refused.
    refused_total: ::osapi_metrics::Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shadowed_mail", roles(of = MailRoles, labels = StepLabels))]
struct MailMetrics {
    /// Mails sent.
    #[metric(on = labels)]
    sent_total: ::osapi_metrics::Counter<StepLabels>,
    /// Time to send a mail.
    #[metric(unit = "s", buckets = BUCKETS, on = clone)]
    send_seconds: ::osapi_metrics::Histogram,
}

#[derive(ErrorType)]
enum StepError {
    #[error_type(transparent)]
    Io { inner: ::std::io::Error },
    #[error_type(transparent)]
    Format(::std::fmt::Error),
    #[error_type(timeout)]
    Late,
    #[error_type(benign)]
    Unchanged,
}

#[instrumented_job(
    name = "shadowed.step",
    ok_if = |error| ::core::matches!(error, StepError::Unchanged),
    cancelled_if = |error| ::core::matches!(error, StepError::Late),
)]
fn step(late: ::core::primitive::bool) -> ::core::result::Result<(), StepError> {
    if late {
        return ::core::result::Result::Err(StepError::Late);
    }
    ::core::result::Result::Err(StepError::Io { inner: ::std::io::ErrorKind::NotFound.into() })
}

#[instrumented_job(
    metrics = StepMetrics,
    labels = StepLabels { outcome, queue: ::std::string::String::new() },
    output_size = |size: &u32| *size,
    queued_at = ::std::time::SystemTime::UNIX_EPOCH,
    scheduled_at = ::std::time::SystemTime::UNIX_EPOCH,
    attempt = 1_u8,
    final_attempt = true,
    slo(latency = "2s", target = 0.5, min_events = 50),
)]
async fn measure(outcome: Outcome) -> u32 {
    outcome as u32
}

#[test]
fn declarations_mean_the_names_of_the_standard_library() {
    ::core::assert_eq!(
        ::osapi_metrics::ErrorType::error_type(&StepError::Format(::std::fmt::Error)),
        "other"
    );
    for late in [true, false] {
        ::core::assert!(step(late).is_err());
    }
    for outcome in [Outcome::Some, Outcome::None, Outcome::Ok, Outcome::Err] {
        ::core::assert_eq!(super::run(measure(outcome)), outcome as u32);
    }
    let [failed, .., oldest] = StepMetrics::DESCRIPTORS else {
        ::core::panic!("four are declared")
    };
    ::core::assert_eq!(failed.prometheus_name(), "shadowed_labels_total");
    let time = &StepMetrics::DESCRIPTORS[2];
    ::core::assert_eq!(
        time.renamed_from,
        ::core::option::Option::Some("shadowed_duration_seconds")
    );
    let [warning, critical] = time.thresholds else { ::core::panic!("two are declared") };
    ::core::assert_eq!(warning.lasting, ::core::time::Duration::from_secs(600));
    ::core::assert_eq!(critical.quantile, ::core::option::Option::Some(0.95));
    ::core::assert_eq!(oldest.prometheus_name(), "shadowed_oldest_seconds");
    ::core::assert_eq!(ConstantMetrics::DESCRIPTORS[0].name, "shadowed_constants_steps_total");
    let step_labels = StepLabels { outcome: Outcome::Ok, queue: ::std::string::String::new() };
    ::core::assert_eq!((StepLabels::LABELS, step_labels.outcome.index()), (2, 11));
    ::core::assert_eq!(LabelValue::index(&Outcome::Ok), 2);
    ServerMetrics::scoped(::core::clone::Clone::clone(&step_labels)).refused_total.inc();
    let roles = ::osapi_metrics::roles::RecordRoles::roles(MailMetrics::global(), &step_labels);
    roles.labels.inc(&());
    roles.clone.record(&(), 0.5);
    let _metrics = StepMetrics::global();
}
