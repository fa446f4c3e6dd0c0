//! The model of an instrumented function after the check.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, Path, token};

use super::{
    expressions::Expressions,
    form::{Form, Output},
    parse::Function,
};
use crate::{
    attribute::{Buckets, GivenText, Text},
    runtime_path::RuntimePath,
};

/// A function that runs a job, with all that its expansion needs.
pub(super) struct Spec<'a> {
    pub(super) function: &'a Function,
    pub(super) form: Form<'a>,
    pub(super) brace: token::Brace,
    pub(super) body: &'a TokenStream,
    pub(super) runtime: RuntimePath,
    pub(super) name: GivenText,
    pub(super) target: Target<'a>,
    pub(super) expressions: Expressions<'a>,
    pub(super) slo: Option<Slo>,
    /// The boundaries for the durations of the jobs.
    pub(super) buckets: Buckets,
    /// Whether an item of a stream that is an `Err` ends the job.
    pub(super) item_errors: bool,
    /// The keys of the attribute that add data to the job.
    pub(super) data_keys: Vec<&'a Ident>,
}

/// The metric set that records the job.
pub(super) enum Target<'a> {
    /// `JobMetrics`, with the name of the job as its label.
    JobMetrics,
    /// Another set, with the labels that the attribute gives.
    Set { set: Path, labels: &'a Expr },
}

/// A service-level objective.
pub(super) struct Slo {
    pub(super) latency: Duration,
    /// The text of the latency.
    pub(super) written: Text,
    pub(super) target: f64,
    pub(super) min_events: Option<u64>,
}

impl Spec<'_> {
    /// The type of the value that the job returns.
    pub(super) fn output(&self) -> Output<'_> {
        self.form.output(&self.function.signature.output)
    }
}
