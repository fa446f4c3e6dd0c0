use std::num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize};

/// The number of an attempt, for `attempt = …`, counted from 1: any integer, or an `Option` of one.
///
/// 0 and negative numbers are not recorded. If attempts are counted from 0, write
/// `attempt = job.retries + 1`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the number of an attempt",
    label = "not an integer",
    note = "give an integer that counts from 1, or an `Option` of one"
)]
pub trait AttemptNumber {
    /// The number, if it is valid.
    fn number(&self) -> Option<NonZeroU32>;
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl AttemptNumber for $integer {
            fn number(&self) -> Option<NonZeroU32> {
                // A number that does not fit counts as the largest number.
                let number = u32::try_from((*self).max(0)).unwrap_or(u32::MAX);
                NonZeroU32::new(number)
            }
        }
    )*};
}
integers! { i8 i16 i32 i64 isize u16 u32 u64 usize }

impl AttemptNumber for u8 {
    fn number(&self) -> Option<NonZeroU32> {
        NonZeroU32::new((*self).into())
    }
}

macro_rules! positive_integers {
    ($($integer:ty)*) => {$(
        impl AttemptNumber for $integer {
            fn number(&self) -> Option<NonZeroU32> {
                self.get().number()
            }
        }
    )*};
}
positive_integers! { NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize }

impl<N: AttemptNumber> AttemptNumber for Option<N> {
    fn number(&self) -> Option<NonZeroU32> {
        self.as_ref()?.number()
    }
}

impl<N: AttemptNumber + ?Sized> AttemptNumber for &N {
    fn number(&self) -> Option<NonZeroU32> {
        (**self).number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_count_from_1() {
        assert_eq!(1_u8.number(), NonZeroU32::new(1));
        assert_eq!(3_i64.number(), NonZeroU32::new(3));
        assert_eq!(0_u32.number(), None);
        assert_eq!((-1_i32).number(), None);
        assert_eq!(u64::MAX.number(), NonZeroU32::new(u32::MAX));
        assert_eq!(None::<u16>.number(), None);
        assert_eq!(Some(NonZeroUsize::MIN).number(), NonZeroU32::new(1));
    }
}
