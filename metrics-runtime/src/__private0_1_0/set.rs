//! For `derive(MetricSet)`: the set, its registration, and the job events that it records.

pub use crate::core::{
    instruments::{Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled},
    jobs::{
        ActiveJob, EventBinding, FromJobLabels, JobContext, JobEvent, JobInstrument, NoLabels,
        Recording, SeriesCache, Start, begin, end, on, report_oldest,
    },
    registry::{SetInstance, SetRegistration},
};
