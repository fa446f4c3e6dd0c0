//! The events of a job, and how the metrics of a set record them.
//!
//! ```text
//! JobEvent ──► on::started, on::duration, … ──► Recording ──► EventSeries ──► series
//!              one function for each `on = …`   the labels    the series of the
//!                                               of the job    handler, found once
//! ```

#[expect(clippy::inline_always, reason = "a series that is in the cache is a load and a compare")]
mod cache;
mod event;
mod instrument;
#[doc(hidden)]
#[expect(clippy::inline_always, reason = "the branches of other events disappear in the caller")]
pub mod on;
#[expect(clippy::inline_always, reason = "inlined, the structure is gone")]
mod recording;

pub use cache::EventSeries;
pub use event::JobEvent;
pub use instrument::JobInstrument;
pub use recording::Recording;
