/// A format of an exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' text format 0.0.4.
    Text,
    /// `OpenMetrics` 1.0: an exposition ends with `# EOF`, samples can have exemplars, and families
    /// can have units.
    OpenMetrics,
}

impl Format {
    /// The value of the header `Accept` that asks for `OpenMetrics`, or else for the text format.
    pub const ACCEPT: &'static str = "application/openmetrics-text;version=1.0.0;q=0.9,\
                                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    /// The format that a header `Content-Type` announces.
    ///
    /// ```
    /// use osapi_metrics_artefacts::exposition::Format;
    ///
    /// let header = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    /// assert_eq!(Format::of_content_type(header), Format::OpenMetrics);
    /// assert_eq!(Format::of_content_type("text/plain; version=0.0.4"), Format::Text);
    /// ```
    pub fn of_content_type(header: &str) -> Self {
        let kind = header.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/openmetrics-text") {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }
}
