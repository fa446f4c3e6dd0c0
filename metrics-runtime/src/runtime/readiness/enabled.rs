use std::fmt;

use crate::core::sync::catch_panic;

/// The conditions under which the process is ready.
#[derive(Default)]
pub(in crate::runtime) struct Readiness {
    checks: Vec<Check>,
}

type Check = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

impl Readiness {
    pub(in crate::runtime) fn add(
        &mut self,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) {
        self.checks.push(Box::new(check));
    }

    /// The reasons why the process is not ready. A check that panics is a reason.
    pub(in crate::runtime) fn reasons(&self) -> Vec<String> {
        let evaluate = |check: &Check| {
            catch_panic(check)
                .unwrap_or_else(|| Err("a condition could not be asked: it panicked".to_owned()))
        };
        self.checks.iter().filter_map(|check| evaluate(check).err()).collect()
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("checks", &self.checks.len()).finish()
    }
}
