//! The behaviour of every queue, tried with each queue.

mod claims;
mod damage;
mod ends;
mod events;
mod faults;
mod load;
mod support;
mod workers;
