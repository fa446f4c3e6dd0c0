//! Dashboards as constants: panels whose queries are made of declared metrics, so that a panel that
//! shows nothing because of a wrong name, label or value does not compile.

mod dashboard;
mod expression;
mod panel;

pub use dashboard::{Dashboard, DashboardRegistration};
pub use expression::{
    Expression, Operation, highest, increase, latest, mean, metric, quantile, rate, ratio, sum,
    total,
};
pub use panel::{Panel, PanelKind, State, StateColour};
