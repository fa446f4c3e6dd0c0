//! The keys whose value is an expression.

use syn::Expr;

use crate::attribute::{Entries, Errors};

/// Declares the keys and reads them. A new key is one row: its name, and an example of its value
/// for the message about a missing value.
macro_rules! expressions {
    ($($key:ident: $example:literal,)*) => {
        /// The expressions of the attribute, by their keys.
        pub(super) struct Expressions<'a> {
            $(pub(super) $key: Option<&'a Expr>,)*
        }

        impl<'a> Expressions<'a> {
            pub(super) const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            pub(super) fn of(entries: &'a Entries, errors: &mut Errors) -> Self {
                Self { $($key: entries.expression(stringify!($key), $example, errors),)* }
            }
        }
    };
}

expressions! {
    error_type: "|e: &E| e.kind()",
    error_name: "|e: &E| e.name()",
    ok_if: "|e: &E| e.is_expected()",
    cancelled_if: "|e: &E| e.is_cancelled()",
    queued_at: "job.created_at",
    scheduled_at: "job.run_at",
    attempt: "job.attempt",
    final_attempt: "job.attempt == job.max_attempts",
    output_size: "|output: &T| output.len()",
}

/// The keys whose closures get the error that the job returned.
pub(super) const ERROR_KEYS: [&str; 4] = ["error_type", "error_name", "ok_if", "cancelled_if"];

impl Expressions<'_> {
    /// The expressions that are evaluated before the body, and can read the arguments.
    pub(super) fn before_the_body(&self) -> impl Iterator<Item = &Expr> {
        let all = [self.queued_at, self.scheduled_at, self.attempt, self.final_attempt];
        all.into_iter().flatten()
    }

    /// Whether none of the expressions describes the value that a job returned.
    pub(super) fn describe_nothing(&self) -> bool {
        let Self { error_type, error_name, ok_if, cancelled_if, output_size, .. } = self;
        [error_type, error_name, ok_if, cancelled_if, output_size].into_iter().all(Option::is_none)
    }
}
