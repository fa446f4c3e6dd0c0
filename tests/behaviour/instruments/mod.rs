//! Every instrument with every value type.

mod counters;
mod facts;
mod gauges;
mod histograms;
mod observables;
mod timing;
mod up_down_counters;
