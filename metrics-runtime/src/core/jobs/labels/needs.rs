use std::marker::PhantomData;

use osapi_metrics_rules::Message;

use super::FromJob;

/// The needs of the labels `F` of a metric, for jobs with the labels `L`.
#[derive(Debug)]
pub struct LabelNeeds<F, L>(PhantomData<fn(F, L)>);

impl<F: FromJob<L>, L> LabelNeeds<F, L> {
    /// Whether a job has the labels only after its end.
    pub const NEEDS_END: bool = F::NEEDS_END;

    /// Whether a job has the labels only if it returned an error.
    pub const NEEDS_ERROR: bool = F::NEEDS_ERROR;
}

/// The needs of labels that are not made from the labels of the job. The compiler reports the
/// missing conversion elsewhere.
pub trait NoLabelNeeds {
    /// No need is known.
    const NEEDS_END: bool = false;

    /// No need is known.
    const NEEDS_ERROR: bool = false;
}

impl<F, L> NoLabelNeeds for LabelNeeds<F, L> {}

/// Checks that a job has the labels of a metric at the event that the metric records.
///
/// # Panics
///
/// At compile time, with the remedy.
#[track_caller]
pub const fn assert_labels_available(on: &str, needs_end: bool, needs_error: bool) {
    let message = Message::new().text("`on = ").text(on);
    match on.as_bytes() {
        b"finished" | b"failed" | b"timed_out" | b"dead_lettered" | b"duration" | b"attempts" => {}
        b"completed" | b"cancelled" | b"panicked" => {
            let message = message.text("` is an end without an error, which a label needs");
            let message = message.text("; use `on = failed`, or remove the label");
            assert!(!needs_error, "{}", message.as_str());
        }
        _ => {
            let message = message.text("` comes before a job's end, which a label needs");
            let message =
                message.text("; use `on = finished`, a label with `job = stage`, or none");
            assert!(!needs_end, "{}", message.as_str());
        }
    }
}
