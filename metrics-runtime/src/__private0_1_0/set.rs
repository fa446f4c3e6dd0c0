//! For `derive(MetricSet)`: the set, its registration, and the job events that it records.

pub use crate::core::{
    instruments::{Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled},
    jobs::{
        Concerned, Finished, Followed, Following, JobEvent, KnownSeries, Labelled, RunningJob,
        Start, Unlabelled, begin, end, on, report_oldest,
    },
    registry::{SetInstance, SetRegistration},
};
