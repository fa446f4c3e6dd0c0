//! What answers have in common.

use super::process::ProcessInfo;
use crate::{
    history::{SeriesIdentity, State},
    json::{push_integer, push_list, push_number, push_text},
};

/// The members that every answer begins with.
pub(super) fn push_head(
    text: &mut String,
    process: &ProcessInfo,
    interval_ms: u64,
    left_out: usize,
) {
    text.push_str("\"format\":1,\"process\":{\"name\":");
    push_text(text, &process.name);
    text.push_str(",\"version\":");
    push_text(text, &process.version);
    text.push_str(",\"instance\":");
    push_text(text, &process.instance);
    text.push_str(",\"started_ms\":");
    push_integer(text, process.started_ms);
    text.push_str("},\"interval_ms\":");
    push_integer(text, interval_ms);
    text.push_str(",\"left_out\":");
    push_integer(text, left_out as u64);
}

/// The members that describe a series.
pub(super) fn push_series(text: &mut String, series: &SeriesIdentity) {
    text.push_str("\"id\":");
    push_integer(text, series.id);
    text.push_str(",\"metric\":");
    push_text(text, &series.metric.name);
    text.push_str(",\"scope\":");
    push_text(text, &series.metric.scope);
    text.push_str(",\"kind\":");
    push_text(text, series.metric.kind.as_str());
    text.push_str(",\"unit\":");
    push_text(text, &series.metric.unit);
    text.push_str(",\"labels\":");
    text.push_str(&series.labels);
    if let Some(boundaries) = &series.boundaries {
        text.push_str(",\"boundaries\":");
        push_list(text, boundaries.iter(), |text, boundary| push_number(text, *boundary));
    }
}

/// A value: a number, a list of them, or `null`.
pub(super) fn push_state(text: &mut String, state: Option<&State>) {
    match state.filter(|state| state.has_value) {
        None => text.push_str("null"),
        Some(state) => match &*state.cells {
            [number] => push_number(text, *number),
            cells => push_list(text, cells, |text, cell| push_number(text, *cell)),
        },
    }
}
