//! For `derive(MetricSet)`: the set, its registration, and the job events that it records.

pub use crate::core::{
    instruments::{Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled},
    jobs::{
        JobContext, JobReport, JobInstrument, EventBinding, JobEvent, SeriesCache, FromJobLabels, ActiveJob,
        Start, NoLabels, begin, end, on, report_oldest,
    },
    registry::{SetInstance, SetRegistration},
};
