//! Pages about one subject each. The modules have no items.

#![cfg(feature = "prometheus")]

#[doc = include_str!("docs/guide.md")]
pub mod guide {}

#[doc = include_str!("docs/job_metrics.md")]
pub mod job_metrics {}

#[doc = include_str!("docs/runtime.md")]
pub mod runtime {}

#[doc = include_str!("docs/otlp.md")]
pub mod otlp {}

#[doc = include_str!("docs/explorer.md")]
pub mod explorer {}

#[doc = include_str!("docs/exemplars.md")]
pub mod exemplars {}

/// The program of the README is a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
