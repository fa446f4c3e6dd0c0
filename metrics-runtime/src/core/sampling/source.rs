use std::{
    fmt::Display,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::core::roles::Count;

/// One thing that is read, such as a file or a call, and whether its last reading failed.
///
/// A failure is counted each time, and logged when it begins and when it ends.
#[derive(Debug)]
pub struct Source {
    name: &'static str,
    fails: AtomicBool,
}

impl Source {
    /// A source of which the log has the name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, fails: AtomicBool::new(false) }
    }

    /// The value of a reading that succeeded. A failure is counted in `errors`.
    ///
    /// ```
    /// use osapi_metrics::{roles::Count, sampling::Source};
    ///
    /// static LOAD: Source = Source::new("/proc/loadavg");
    ///
    /// # let errors = Count::default();
    /// let load: Option<f64> = LOAD.check("0.25".parse::<f64>(), &errors);
    /// assert_eq!(load, Some(0.25));
    /// ```
    pub fn check<T, E: Display>(&self, read: Result<T, E>, errors: &Count) -> Option<T> {
        match read {
            Ok(value) => {
                if self.fails.swap(false, Ordering::Relaxed) {
                    tracing::info!(source = self.name, "a source of metrics can be read again");
                }
                Some(value)
            }
            Err(error) => {
                errors.inc(&());
                if !self.fails.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        source = self.name,
                        %error,
                        "a source of metrics cannot be read; its metrics are absent meanwhile"
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

    use super::Source;
    use crate::core::roles::Count;

    #[test]
    fn a_failure_has_no_value_and_ends_with_the_next_reading() {
        let (source, errors) = (Source::new("/proc/self/stat"), Count::default());
        let check = |read: Result<u8, &str>| {
            (source.check(read, &errors), source.fails.load(Ordering::Relaxed))
        };
        assert_eq!(check(Ok(1)), (Some(1), false));
        assert_eq!(check(Err("not mounted")), (None, true));
        assert_eq!(check(Err("not mounted")), (None, true));
        assert_eq!(check(Ok(2)), (Some(2), false));
    }
}
