//! For `derive(MetricSet)`: the set, its registration, and the job events that it records.

pub use crate::{
    instruments::{Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled},
    jobs::{
        Concerned, Finished, Followed, Following, JobEvent, KnownSeries, Labelled, RunningJob,
        Start, Unlabelled, begin, end, on, report_oldest,
    },
    metric_set::SetRegistration,
    set_instance::SetInstance,
};
