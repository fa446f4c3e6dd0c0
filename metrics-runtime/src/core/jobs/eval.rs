use crate::core::{self_metrics, sync::catch_panic};

/// Evaluates an expression of the user that only serves recording. A panic in the expression is
/// counted, and the job goes on without the value.
pub(super) fn eval_user_code<R>(expression: impl FnOnce() -> R) -> Option<R> {
    let value = catch_panic(expression);
    if value.is_none() {
        self_metrics::expression_panicked();
    }
    value
}
