use super::ReturnValue;
use crate::core::jobs::eval::eval_user_code;

/// The output of a job that returns a `Result`.
pub trait ResultSuccess<T> {
    /// The output, unless the job failed.
    fn __osapi_success(&self) -> Option<&T>;
}

/// The output of a job that returns any other value.
pub trait AnySuccess<T> {
    /// The output.
    fn __osapi_success(&self) -> Option<&T>;
}

impl<T, E> ResultSuccess<T> for &ReturnValue<'_, Result<T, E>> {
    fn __osapi_success(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }
}

impl<T> AnySuccess<T> for ReturnValue<'_, T> {
    fn __osapi_success(&self) -> Option<&T> {
        Some(self.0)
    }
}

/// A number of bytes, as an `output_size = |output| …` closure can return it: any unsigned integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of bytes",
    label = "not an unsigned integer",
    note = "return `usize` or `u64`"
)]
pub trait OutputSize {
    /// The number of bytes. A number that does not fit becomes `u64::MAX`.
    fn bytes(self) -> u64;
}

macro_rules! output_size {
    ($($integer:ty)*) => {$(
        impl OutputSize for $integer {
            fn bytes(self) -> u64 {
                u64::try_from(self).unwrap_or(u64::MAX)
            }
        }
    )*};
}
output_size! { u8 u16 u32 u64 usize }

/// Calls the closure for the size of an output. As a parameter of a function, the closure has the
/// type of its argument before the compiler reads its body.
pub fn output_size<T: ?Sized, S: OutputSize>(
    output: &T,
    size: impl FnOnce(&T) -> S,
) -> Option<u64> {
    eval_user_code(|| size(output).bytes())
}
