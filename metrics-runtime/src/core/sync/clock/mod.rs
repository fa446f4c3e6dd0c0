//! The clock of jobs and timers.

mod instant;
mod machine;
mod moment;
mod test_time;

pub(crate) use instant::instant;
pub(crate) use moment::Moment;
