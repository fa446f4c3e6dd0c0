use std::fmt;

#[cfg(feature = "prometheus")]
use crate::core::sync::catch_panic;

/// What has to hold for the process to be ready.
#[derive(Default)]
pub(crate) struct Readiness {
    checks: Vec<Check>,
}

type Check = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

impl Readiness {
    pub(super) fn add(&mut self, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) {
        self.checks.push(Box::new(check));
    }

    /// Why the process is not ready. A check that panics is a reason.
    #[cfg(feature = "prometheus")]
    pub(super) fn reasons(&self) -> Vec<String> {
        let ask = |check: &Check| {
            catch_panic(check)
                .unwrap_or_else(|| Err("a condition could not be asked: it panicked".to_owned()))
        };
        self.checks.iter().filter_map(|check| ask(check).err()).collect()
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("checks", &self.checks.len()).finish()
    }
}
