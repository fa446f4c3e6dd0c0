//! For `derive(MetricSet)`: the set, its registration, and the job events and roles that it
//! records.

pub use crate::core::{
    dashboards::DashboardRegistration,
    descriptor::EventBinding,
    instruments::{
        Declared, InstrumentList, RegisteredInstrument, absent_until, declare, declare_unlabelled,
        renamed_from, stale_after, with_details, with_thresholds,
    },
    jobs::{
        ActiveJob, EventSeries, FromJobLabels, JobContext, JobEvent, JobInstrument, NoLabels,
        Recording, Start, begin, end, on, report_oldest,
    },
    registry::{SetInstance, SetRegistration},
    roles::{FromObserved, NoRoleLabels, assert_role_unit, bind_role},
};
