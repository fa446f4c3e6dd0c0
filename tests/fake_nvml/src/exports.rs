//! The functions of NVML that `osapi_metrics::instrumentation::gpu` calls, as `nvml.h` declares
//! them.

#![allow(non_snake_case, reason = "the names of NVML")]

use std::{
    ffi::{c_char, c_int, c_uint, c_ulonglong},
    ptr,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::scenario::{INVALID_ARGUMENT, SUCCESS, UNINITIALIZED, answer, numbers};

/// How often the library was initialised and not shut down.
static INITIALIZED: AtomicU32 = AtomicU32::new(0);

/// A GPU: its index and one.
type Device = usize;

/// Writes the answer to a call for a GPU.
fn of_device(device: Device, call: &str, write: impl FnOnce(&[u8]) -> c_uint) -> c_uint {
    match device.checked_sub(1) {
        Some(index) => of_subject(&index.to_string(), call, write),
        None => INVALID_ARGUMENT,
    }
}

/// Writes the answer to a call.
fn of_subject(subject: &str, call: &str, write: impl FnOnce(&[u8]) -> c_uint) -> c_uint {
    if INITIALIZED.load(Ordering::SeqCst) == 0 {
        return UNINITIALIZED;
    }
    match answer(subject, call) {
        Ok(answer) => write(&answer),
        Err(code) => code,
    }
}

/// Writes a text of C.
///
/// # Safety
///
/// There are `length` bytes at `text`.
unsafe fn write_text(answer: &[u8], text: *mut c_char, length: c_uint) -> c_uint {
    const INSUFFICIENT_SIZE: c_uint = 7;
    if answer.len() >= length as usize {
        return INSUFFICIENT_SIZE;
    }
    // SAFETY: the text and its end fit, and the caller promises the space.
    unsafe {
        ptr::copy_nonoverlapping(answer.as_ptr().cast(), text, answer.len());
        text.add(answer.len()).write(0);
    }
    SUCCESS
}

fn initialize() -> c_uint {
    match answer("driver", "init") {
        Err(code) if code != 3 => code,
        Ok(_) | Err(_) => {
            INITIALIZED.fetch_add(1, Ordering::SeqCst);
            SUCCESS
        }
    }
}

/// Initialises the library.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInit_v2() -> c_uint {
    initialize()
}

/// Initialises the library.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlInitWithFlags(_flags: c_uint) -> c_uint {
    initialize()
}

/// Ends the use of the library.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlShutdown() -> c_uint {
    let subtract = |count: u32| count.checked_sub(1);
    let before = INITIALIZED.fetch_update(Ordering::SeqCst, Ordering::SeqCst, subtract);
    if before.is_ok() { SUCCESS } else { UNINITIALIZED }
}

/// The version of the driver.
///
/// # Safety
///
/// There are `length` bytes at `version`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlSystemGetDriverVersion(
    version: *mut c_char,
    length: c_uint,
) -> c_uint {
    // SAFETY: the caller promises the space.
    of_subject("driver", "version", |answer| unsafe { write_text(answer, version, length) })
}

/// The number of GPUs.
///
/// # Safety
///
/// `count` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetCount_v2(count: *mut c_uint) -> c_uint {
    of_subject("driver", "count", |answer| {
        let [answered] = numbers(answer);
        // SAFETY: the caller promises the space.
        unsafe { count.write(answered) };
        SUCCESS
    })
}

/// The GPU of an index.
///
/// # Safety
///
/// `device` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetHandleByIndex_v2(
    index: c_uint,
    device: *mut Device,
) -> c_uint {
    let handle = |_: &[u8]| {
        // SAFETY: the caller promises the space.
        unsafe { device.write(index as usize + 1) };
        SUCCESS
    };
    // A GPU without a line of its own for this call has a handle.
    match of_subject(&index.to_string(), "handle", handle) {
        3 => handle(&[]),
        code => code,
    }
}

/// Texts of a GPU.
macro_rules! texts {
    ($($(#[$doc:meta])* $function:ident = $call:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// There are `length` bytes at `text`.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function(
            device: Device,
            text: *mut c_char,
            length: c_uint,
        ) -> c_uint {
            // SAFETY: the caller promises the space.
            of_device(device, $call, |answer| unsafe { write_text(answer, text, length) })
        }
    )*};
}
texts! {
    /// The UUID.
    nvmlDeviceGetUUID = "uuid";
    /// The name of the model.
    nvmlDeviceGetName = "name";
}

/// Numbers of a GPU.
macro_rules! numbers {
    ($(
        $(#[$doc:meta])*
        $function:ident($($given:ident: $of:ty)?) -> $number:ty = $call:expr;
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// `number` can be written.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function(
            device: Device,
            $($given: $of,)?
            number: *mut $number,
        ) -> c_uint {
            of_device(device, $call, |answer| {
                let [answered] = numbers(answer);
                // SAFETY: the caller promises the space.
                unsafe { number.write(answered) };
                SUCCESS
            })
        }
    )*};
}
numbers! {
    /// The temperature of the die.
    nvmlDeviceGetTemperature(_sensor: c_int) -> c_uint = "temperature";
    /// The power.
    nvmlDeviceGetPowerUsage() -> c_uint = "power";
    /// The energy since the driver was loaded.
    nvmlDeviceGetTotalEnergyConsumption() -> c_ulonglong = "energy";
}

/// Use of the GPU and of its memory, in percent.
#[repr(C)]
#[derive(Debug)]
pub struct Utilization {
    gpu: c_uint,
    memory: c_uint,
}

/// The use of a GPU.
///
/// # Safety
///
/// `utilization` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetUtilizationRates(
    device: Device,
    utilization: *mut Utilization,
) -> c_uint {
    of_device(device, "utilization", |answer| {
        let [gpu, memory] = numbers(answer);
        // SAFETY: the caller promises the space.
        unsafe { utilization.write(Utilization { gpu, memory }) };
        SUCCESS
    })
}

/// Use of a codec.
macro_rules! codecs {
    ($($(#[$doc:meta])* $function:ident = $call:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// `utilization` and `period` can be written.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function(
            device: Device,
            utilization: *mut c_uint,
            period: *mut c_uint,
        ) -> c_uint {
            of_device(device, $call, |answer| {
                let [answered, microseconds] = numbers(answer);
                // SAFETY: the caller promises the space.
                unsafe {
                    utilization.write(answered);
                    period.write(microseconds);
                }
                SUCCESS
            })
        }
    )*};
}
codecs! {
    /// The use of the encoder.
    nvmlDeviceGetEncoderUtilization = "encoder";
    /// The use of the decoder.
    nvmlDeviceGetDecoderUtilization = "decoder";
}

/// The memory of a GPU, in version 2 of the structure.
#[repr(C)]
#[derive(Debug)]
pub struct Memory {
    version: c_uint,
    total: c_ulonglong,
    reserved: c_ulonglong,
    free: c_ulonglong,
    used: c_ulonglong,
}

/// The memory of a GPU.
///
/// # Safety
///
/// `memory` can be read and written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMemoryInfo_v2(device: Device, memory: *mut Memory) -> c_uint {
    const ARGUMENT_VERSION_MISMATCH: c_uint = 25;
    // SAFETY: the caller promises that there is a structure.
    let version = unsafe { (*memory).version };
    if version as usize != size_of::<Memory>() | (2 << 24) {
        return ARGUMENT_VERSION_MISMATCH;
    }
    of_device(device, "memory", |answer| {
        let [total, reserved, used] = numbers::<c_ulonglong, 3>(answer);
        let free = total.wrapping_sub(reserved).wrapping_sub(used);
        // SAFETY: the caller promises the space.
        unsafe { memory.write(Memory { version, total, reserved, free, used }) };
        SUCCESS
    })
}

/// The errors of the memory of a GPU: `corrected` or `uncorrected`, and only those of its lifetime.
///
/// # Safety
///
/// `count` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetTotalEccErrors(
    device: Device,
    error_type: c_int,
    counter_type: c_int,
    count: *mut c_ulonglong,
) -> c_uint {
    const AGGREGATE: c_int = 1;
    if counter_type != AGGREGATE {
        return INVALID_ARGUMENT;
    }
    let call = if error_type == 0 { "corrected" } else { "uncorrected" };
    of_device(device, call, |answer| {
        let [answered] = numbers(answer);
        // SAFETY: the caller promises the space.
        unsafe { count.write(answered) };
        SUCCESS
    })
}
