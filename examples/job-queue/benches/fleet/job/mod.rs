//! The values of job-queue's labels: its own source files.

#[path = "../../../src/job/end.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "public in the library")]
mod end;
#[path = "../../../src/job/priority.rs"]
#[allow(dead_code, unreachable_pub, reason = "public in the library")]
mod priority;
#[path = "../../../src/job/service.rs"]
#[allow(dead_code, unreachable_pub, reason = "public in the library")]
mod service;

pub(crate) use end::{FailureReason, FailureType};
pub(crate) use priority::Priority;
pub(crate) use service::Service;
