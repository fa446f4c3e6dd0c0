//! Synchronisation and time: locks, guards, the clock, and the switch that turns recording on and
//! off.

mod clock;
mod lock;
mod opaque;
mod panic;
mod reentrancy;
pub(crate) mod scope;
pub(crate) mod split;
mod switch;
mod thread_exit;
mod timestamp;

pub(crate) use clock::{Moment, instant};
pub(crate) use lock::lock;
pub(crate) use opaque::Opaque;
pub(crate) use panic::catch_panic;
pub(crate) use reentrancy::ReentrancyGuard;
pub(crate) use split::lock_unless_lost;
pub(crate) use switch::{enabled, switch};
pub(crate) use thread_exit::ThreadExit;
pub(crate) use timestamp::Timestamp;
