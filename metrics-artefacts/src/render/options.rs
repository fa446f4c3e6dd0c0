use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// What dashboards are drawn with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RenderOptions {
    /// The end of the time shown.
    pub end: SystemTime,
    /// The time shown.
    pub range: Duration,
    /// The time between two points. Absent where it depends on the width of each panel.
    pub step: Option<Duration>,
    /// The interval of scrapes. Absent where the Prometheus is asked for it.
    pub scrape_interval: Option<Duration>,
    /// Values of variables by their names, instead of those that a dashboard has.
    pub variables: BTreeMap<String, Vec<String>>,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl Default for RenderOptions {
    /// The last 15 minutes.
    fn default() -> Self {
        Self {
            end: SystemTime::now(),
            range: Duration::from_secs(15 * 60),
            step: None,
            scrape_interval: None,
            variables: BTreeMap::new(),
            timeout: Duration::from_secs(30),
        }
    }
}
