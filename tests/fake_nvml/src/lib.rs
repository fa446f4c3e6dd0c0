//! A library of NVIDIA's driver, NVML, without a driver: it answers what a file beside it says.
//!
//! [`FakeDriver`] puts a copy of the library into a folder of its own, with a file of answers. Each
//! copy that a program loads has a state of its own, so tests can run at the same time. The file is
//! read at each call, and can change while the library is loaded:
//!
//! ```text
//! driver count 2
//! 0 uuid GPU-a
//! 0 name NVIDIA H200
//! 0 utilization 37 12
//! 1 uuid GPU-b
//! 1 utilization error 999
//! 1 power hang
//! ```
//!
//! A line has a subject (`driver`, or the index of a GPU), a call, and its answer: values, `error`
//! with a code of NVML, or `hang`, which does not return before the file has another answer. `all`
//! in place of a call has the answer of all calls. A call without a line is not supported. Without
//! the file the driver is not loaded.

#![cfg(unix)]

mod driver;
mod scenario;

pub mod exports;

pub use driver::FakeDriver;
