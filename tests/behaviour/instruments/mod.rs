//! Every instrument with every type of value.

mod counters;
mod gauges;
mod histograms;
mod observables;
mod timing;
mod up_down_counters;
