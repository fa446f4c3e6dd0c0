use std::fmt;

/// What has to hold for the process to be ready.
#[derive(Default)]
pub(crate) struct Readiness {
    checks: Vec<Box<dyn Fn() -> Result<(), String> + Send + Sync>>,
}

impl Readiness {
    pub(super) fn add(&mut self, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) {
        self.checks.push(Box::new(check));
    }

    /// Why the process is not ready.
    #[cfg(feature = "prometheus")]
    pub(super) fn reasons(&self) -> Vec<String> {
        self.checks.iter().filter_map(|check| check().err()).collect()
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("checks", &self.checks.len()).finish()
    }
}
