//! The recording core beside a model: a plain map behind a lock, and the totals of many threads
//! that begin and end.

mod model;
mod past_end;
mod storm;
