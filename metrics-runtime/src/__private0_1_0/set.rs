//! For `derive(MetricSet)`: the set, its registration, and the job events and roles that it
//! records.

pub use crate::core::{
    dashboards::DashboardRegistration,
    descriptor::{
        EventBinding, Member, count_metrics, have_constant_labels, join_group, join_name,
        join_names, joined_length, metrics_of, name_text, names_length,
    },
    instruments::{
        Instrument, InstrumentList, RegisteredInstrument, Shape, declare, in_scope, unlabelled,
        with_states,
    },
    jobs::{
        ActiveJob, EventSeries, FromJobLabels, JobContext, JobEvent, JobInstrument, NoLabels,
        Recording, Start, begin, end, on, report_oldest,
    },
    registry::{MetricGroup, ScopedInstances, SetInstance, SetRegistration},
    roles::{FromObserved, NoRoleLabels, assert_role_unit, bind_role},
};
