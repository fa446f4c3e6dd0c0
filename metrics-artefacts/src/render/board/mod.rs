//! A dashboard of Grafana, of its classic schema, as far as it is drawn.

mod field;
mod layout;
mod panel;
mod read;

pub(super) use field::Field;
#[cfg(test)]
pub(super) use field::ThresholdStep;
pub(super) use layout::{COLUMNS, Place};
pub(super) use panel::{Kind, LineStyle, Panel, Target};
pub(super) use read::Board;
