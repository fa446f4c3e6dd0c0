//! The layer under each way to use it, with services that run in the test and with servers.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "axum")]
mod axum_in_a_set;
mod ends;
mod hyper;
#[cfg(feature = "testing")]
mod roles;
#[cfg(feature = "testing")]
mod series;
mod sizes;
mod support;
