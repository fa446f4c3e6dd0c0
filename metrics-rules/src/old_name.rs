use crate::{
    kind::InstrumentKind,
    message::Message,
    rendered::{RenderedName, prometheus_name},
    text,
};

/// A name with the properties that its form in a scrape depends on: the name that a metric had
/// before, or the name of another metric (rule N11).
#[derive(Clone, Copy, Debug)]
pub struct KnownName<'a> {
    /// The OpenTelemetry name.
    pub name: &'a str,
    /// The unit of the metric.
    pub unit: Option<&'a str>,
    /// The kind of the instrument.
    pub kind: InstrumentKind,
}

impl KnownName<'_> {
    /// Whether two names are one name, as OpenTelemetry names or in a scrape.
    ///
    /// ```
    /// use osapi_metrics_rules::{InstrumentKind::Gauge, KnownName};
    ///
    /// const fn gauge(name: &str) -> KnownName<'_> {
    ///     KnownName { name, unit: None, kind: Gauge }
    /// }
    /// assert!(gauge("osapi.jobs").is_same(&gauge("osapi_jobs")));
    /// assert!(!gauge("osapi.jobs").is_same(&gauge("osapi.items")));
    /// ```
    pub const fn is_same(&self, other: &KnownName<'_>) -> bool {
        text::equal(self.name.as_bytes(), other.name.as_bytes())
            || text::equal(
                self.in_a_scrape().as_str().as_bytes(),
                other.in_a_scrape().as_str().as_bytes(),
            )
    }

    const fn in_a_scrape(&self) -> RenderedName {
        prometheus_name(self.name, self.unit, self.kind)
    }

    /// The mistake of an old name that is still the name of its metric, and the remedy.
    pub const fn explain_unchanged(&self, name: &str) -> Option<Message> {
        let KnownName { unit, kind, .. } = *self;
        if !self.is_same(&KnownName { name, unit, kind }) {
            return None;
        }
        let message = Message::new().quoted(self.name);
        let message = if text::equal(self.name.as_bytes(), name.as_bytes()) {
            message.text(" is the name that the metric has now")
        } else {
            message.text(" and ").quoted(name).text(", the name now, are one name in a scrape")
        };
        Some(message.text("; write the name before it, or remove `renamed_from`"))
    }

    /// The mistake of an old name that is the name of another metric, and the remedy.
    pub const fn explain_taken(&self, other: &KnownName<'_>) -> Option<Message> {
        if !self.is_same(other) {
            return None;
        }
        let message = Message::new().quoted(self.name).text(" is the name of another metric");
        let message = if text::equal(self.name.as_bytes(), other.name.as_bytes()) {
            message
        } else {
            message.text(", ").quoted(other.name)
        };
        Some(message.text("; remove `renamed_from`, or rename the other metric"))
    }
}
