//! The history: what each series was, in bounded memory.
//!
//! ```text
//! Recording ─► changes ─► Frame, Frame, …, Frame ─► read: state, and its changes in order
//!   one a second            oldest       newest
//!                             └─► dropped: applied to the oldest state
//! ```

mod frame;
mod limits;
mod query;
mod ring;
mod series;
mod varint;

pub use limits::Limits;
pub use query::{HistoryQuery, QueryError};
pub use ring::{History, Recording};
pub use series::{MetricInfo, MetricKind, NewSeries, SeriesKey};

pub(crate) use frame::Frame;
pub(crate) use series::{Series, SeriesIdentity, State};
