use super::format::Format;

/// The format of a scrape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScrapeFormat {
    Text(Format),
    /// Messages `io.prometheus.client.MetricFamily`, each after its length.
    Protobuf,
}

impl ScrapeFormat {
    /// The number of the formats.
    pub(super) const COUNT: usize = 3;

    /// A number below [`COUNT`](Self::COUNT).
    pub(super) fn index(self) -> usize {
        match self {
            Self::Text(format) => format as usize,
            Self::Protobuf => Self::COUNT - 1,
        }
    }

    /// The `Content-Type` of a response in this format, where the request names no escaping.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Text(format) => format.content_type(),
            Self::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
                 encoding=delimited"
            }
        }
    }
}
