//! The instruments, which are the fields of a metric set.
//!
//! An instrument is a thin handle to a family of series in the storage. `with(labels)` resolves one
//! series to a `Copy` handle that can be kept. An instrument without labels has the verbs of its
//! only series.

mod cached_series;
mod counter;
mod gauge;
mod histogram;
mod info;
mod instrument;
mod instrument_list;
mod instrument_series;
mod observable;
mod registered;
mod series_cache;
mod shared;
mod state_set;
mod timer;
mod up_down_counter;
mod values;

pub use cached_series::CachedSeries;
pub use counter::{Counter, CounterSeries};
pub use gauge::{Gauge, GaugeSeries};
pub use histogram::{Histogram, HistogramSeries, HistogramSnapshot};
pub use info::Info;
pub use instrument::{Instrument, Shape, declare, in_scope, unlabelled, with_states};
pub use instrument_list::InstrumentList;
pub use observable::{
    ObservableCounter, ObservableGauge, ObservableSeries, ObservableUpDownCounter, Observation,
    Observer,
};
pub use registered::RegisteredInstrument;
pub use series_cache::SeriesCache;
pub use state_set::{StateSet, States};
pub use timer::Timer;
pub use up_down_counter::{UpDownCounter, UpDownCounterSeries, UpDownGuard};
pub use values::{CounterValue, GaugeValue, HistogramValue, UpDownCounterValue};

pub(crate) use registered::{InstrumentStats, RegisteredHistogram};
