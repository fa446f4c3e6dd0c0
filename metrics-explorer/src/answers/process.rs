/// The process that is measured, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessInfo {
    /// The name of the service.
    pub name: String,
    /// The version of the service; empty if it is not known.
    pub version: String,
    /// The name of this instance of the service; empty if it is not known.
    pub instance: String,
    /// When the process started, in milliseconds since 1970; 0 if it is not known.
    pub started_ms: u64,
}

impl ProcessInfo {
    /// A process.
    ///
    /// ```
    /// use osapi_metrics_explorer::ProcessInfo;
    ///
    /// let process = ProcessInfo::new("shop", "1.2.0", "shop-0", 1_796_000_000_000);
    /// assert_eq!(process.name, "shop");
    /// ```
    pub fn new(
        name: impl Into<String>,
        version: impl Into<String>,
        instance: impl Into<String>,
        started_ms: u64,
    ) -> Self {
        let (name, version, instance) = (name.into(), version.into(), instance.into());
        Self { name, version, instance, started_ms }
    }
}
