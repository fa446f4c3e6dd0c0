/// What the rules depend on besides the catalogues.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RuleOptions {
    /// The address of the generated page `metrics.md`, which alerts of sets without a runbook lead
    /// to. The anchor is added.
    pub docs_url: String,
    /// The factor of all windows of objectives. Other than 1 only in a test that cannot wait for
    /// hours; then there are no tests for `promtool`.
    pub window_scale: f64,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { docs_url: "../metrics.md".to_owned(), window_scale: 1.0 }
    }
}
