//! The configuration file of a test.

use std::{collections::BTreeMap, fmt};

use toml::Value;

/// Keys with their values, such as `worker.poll_interval`.
#[derive(Clone, Debug)]
pub(crate) struct Settings(BTreeMap<&'static str, Value>);

impl Settings {
    /// Intervals and times that are shorter than in real use.
    pub(crate) fn quick() -> Self {
        Self(BTreeMap::new())
            .with("orchestration.poll_interval", "100ms")
            .with("orchestration.scan_interval", "20ms")
            .with("orchestration.sample_interval", "100ms")
            .with("orchestration.visibility_timeout", "5s")
            .with("worker.poll_interval", "200ms")
            .with("worker.visibility_timeout", "2s")
    }

    /// The same, with breakers that open after few failures and for a short time.
    pub(crate) fn with_quick_breakers(mut self) -> Self {
        for (threshold, open_for) in BREAKERS {
            self = self.with(threshold, 3).with(open_for, "500ms");
        }
        self
    }

    /// The same, with one value in place of another.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert(key, value.into());
        self
    }
}

const BREAKERS: [(&str, &str); 3] = [
    ("breakers.web.failure_threshold", "breakers.web.open_for"),
    ("breakers.task_readiness.failure_threshold", "breakers.task_readiness.open_for"),
    ("breakers.pgmq.failure_threshold", "breakers.pgmq.open_for"),
];

/// As TOML, with a dotted key in each line.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(key, value)| writeln!(f, "{key} = {value}"))
    }
}
