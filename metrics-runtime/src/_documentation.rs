//! Pages about one subject each. The modules have no items.

#![cfg(feature = "prometheus")]

#[doc = include_str!("docs/guide.md")]
pub mod guide {}

#[doc = include_str!("docs/instruments.md")]
pub mod instruments {}

#[doc = include_str!("docs/labels.md")]
pub mod labels {}

#[doc = include_str!("docs/descriptor.md")]
pub mod descriptor {}

#[doc = include_str!("docs/jobs.md")]
pub mod jobs {}

#[doc = include_str!("docs/job_metrics.md")]
pub mod job_metrics {}

#[doc = include_str!("docs/runtime.md")]
pub mod runtime {}

#[doc = include_str!("docs/catalogue.md")]
pub mod catalogue {}

#[doc = include_str!("docs/endpoint.md")]
pub mod endpoint {}

#[doc = include_str!("docs/exposition.md")]
pub mod exposition {}

#[doc = include_str!("docs/otlp.md")]
pub mod otlp {}

/// The program of the README is a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
