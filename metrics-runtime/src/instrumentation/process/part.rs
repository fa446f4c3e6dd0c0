use std::{
    fmt::Display,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::roles::Count;

/// One thing that is read, and whether its last reading failed: a failure is logged when it begins
/// and when it ends.
#[derive(Debug)]
pub(super) struct Part {
    name: &'static str,
    fails: AtomicBool,
}

impl Part {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, fails: AtomicBool::new(false) }
    }

    /// The value of a reading that succeeded. A failure is counted.
    pub(super) fn check<T, E: Display>(&self, read: Result<T, E>, errors: &Count) -> Option<T> {
        match read {
            Ok(value) => {
                if self.fails.swap(false, Ordering::Relaxed) {
                    tracing::info!(source = self.name, "the process can be read again");
                }
                Some(value)
            }
            Err(error) => {
                errors.inc(&());
                if !self.fails.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        source = self.name,
                        %error,
                        "the process cannot be read; its metrics are absent meanwhile"
                    );
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::Part;
    use crate::roles::Count;

    #[test]
    fn a_failure_has_no_value_and_ends_with_the_next_reading() {
        let (part, errors) = (Part::new("/proc/self/stat"), Count::default());
        let check = |read: Result<u8, &str>| {
            (part.check(read, &errors), part.fails.load(Ordering::Relaxed))
        };
        assert_eq!(check(Ok(1)), (Some(1), false));
        assert_eq!(check(Err("not mounted")), (None, true));
        assert_eq!(check(Err("not mounted")), (None, true));
        assert_eq!(check(Ok(2)), (Some(2), false));
    }
}
