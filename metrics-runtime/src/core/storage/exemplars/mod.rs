//! Exemplars: single samples, with the trace in which each was recorded, and with labels that make
//! no series.
//!
//! ```text
//! collection ──► opens the gate of a series
//! look-up    ──► gate open: keeps the labels of exemplars for the thread, under an id
//! recording  ──► gate open: policy ──► trace of the current span, labels of the id
//!                                      ──► kept beside the series
//!                gate closed: nothing
//! ```
//!
//! A gate is open for the first samples after a collection, and closed for all others, so that a
//! series with many samples pays for few of them. The gate is part of what recording looks at in
//! any case: the generation of a counter's cell, the place of a histogram's cell.

mod candidate;
mod counters;
mod exemplar;
mod gate;
mod labels;
mod policy;
mod trace;

pub(crate) use exemplar::{Exemplar, TraceIds};
pub(crate) use labels::{ExemplarLabels, ExemplarLabelsId};
pub(crate) use policy::{ExemplarPolicy, set_exemplar_policy};

pub(super) use candidate::exemplar_of;
pub(super) use counters::{forget, keep, kept};
pub(super) use gate::SAMPLES;
pub(super) use policy::are_on;
