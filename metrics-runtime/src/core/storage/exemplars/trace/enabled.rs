use std::cell::Cell;

use opentelemetry::{Context, trace::TraceContextExt};

use crate::core::{
    storage::exemplars::exemplar::TraceIds,
    sync::{ThreadExit, catch_panic},
};

thread_local! {
    static HAS_CONTEXT: Cell<bool> = const { Cell::new(false) };
    /// Ends before the context of the thread, because it begins later.
    static CONTEXT_EXISTS: ThreadExit = const { ThreadExit::new(|| {}) };
}

/// The span that is current on this thread, if it is sampled.
///
/// The context of OpenTelemetry panics where the thread has none any more, or is about to change
/// it: a destructor of a thread-local or an allocator can record there. Then there is no span.
pub(in crate::core::storage::exemplars) fn sampled_span() -> Option<TraceIds> {
    if !HAS_CONTEXT.replace(true) {
        catch_panic(|| Context::map_current(|_| ()))?;
    }
    if !ThreadExit::arm(&CONTEXT_EXISTS) {
        return None;
    }
    catch_panic(|| Context::map_current(sampled_span_of)).flatten()
}

fn sampled_span_of(context: &Context) -> Option<TraceIds> {
    if !context.has_active_span() {
        return None;
    }
    let span = context.span();
    let ids = span.span_context();
    let (trace, span) = (ids.trace_id().to_bytes(), ids.span_id().to_bytes());
    (ids.is_valid() && ids.is_sampled()).then_some(TraceIds { trace, span })
}
