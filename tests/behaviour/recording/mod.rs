//! The recording core beside what it has to be equal to: a plain map behind a lock, and the number of
//! what many threads have recorded that come and go.

mod model;
mod past_end;
mod storm;
