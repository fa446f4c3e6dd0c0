use super::escaping::Escaping;
use crate::exposition::{format::Format, scrape_format::ScrapeFormat};

/// The format of an answer, and how its `Content-Type` names the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Negotiated {
    pub(crate) format: ScrapeFormat,
    pub(crate) content_type: &'static str,
}

/// A media type that a scrape can have.
#[derive(Debug)]
pub(super) struct MediaType {
    pub(super) main_type: &'static str,
    pub(super) sub_type: &'static str,
    /// A range that names one of these parameters with another value does not match.
    pub(super) parameters: &'static [(&'static str, &'static str)],
    format: ScrapeFormat,
    content_type: fn(Option<Escaping>) -> &'static str,
}

/// Prometheus' text format 0.0.4, which every scraper reads. It knows no escaping.
pub(super) const LAST_RESORT: MediaType = MediaType {
    main_type: "text",
    sub_type: "plain",
    parameters: &[("version", "0.0.4")],
    format: ScrapeFormat::Text(Format::Text),
    content_type: |_| Format::Text.content_type(),
};

/// `OpenMetrics` 1.0. Its specification has no escaping, so that only the answer to a
/// request that names one does.
const OPEN_METRICS: MediaType = MediaType {
    main_type: "application",
    sub_type: "openmetrics-text",
    parameters: &[("version", "1.0.0")],
    format: ScrapeFormat::Text(Format::OpenMetrics),
    content_type: |escaping| match escaping {
        None => Format::OpenMetrics.content_type(),
        Some(Escaping::Underscores) => {
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        }
        Some(Escaping::Utf8) => {
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
        }
        Some(Escaping::Values) => {
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values"
        }
    },
};

/// Prometheus' text format 1.0.0. It differs from 0.0.4 in names that are not ASCII, which a scrape
/// does not have, and has to name its escaping.
const TEXT_1: MediaType = MediaType {
    parameters: &[("version", "1.0.0")],
    content_type: |escaping| match escaping {
        None | Some(Escaping::Underscores) => {
            "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
        }
        Some(Escaping::Utf8) => "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
        Some(Escaping::Values) => "text/plain; version=1.0.0; charset=utf-8; escaping=values",
    },
    ..LAST_RESORT
};

/// Prometheus' protobuf format. Messages in text or in binary form without lengths are other
/// encodings of it.
const PROTOBUF: MediaType = MediaType {
    main_type: "application",
    sub_type: "vnd.google.protobuf",
    parameters: &[("proto", "io.prometheus.client.MetricFamily"), ("encoding", "delimited")],
    format: ScrapeFormat::Protobuf,
    content_type: |escaping| match escaping {
        None => ScrapeFormat::Protobuf.content_type(),
        Some(Escaping::Underscores) => {
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
             encoding=delimited; escaping=underscores"
        }
        Some(Escaping::Utf8) => {
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
             encoding=delimited; escaping=allow-utf-8"
        }
        Some(Escaping::Values) => {
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
             encoding=delimited; escaping=values"
        }
    },
};

/// Every media type, the preferred ones first.
pub(super) const MEDIA_TYPES: &[MediaType] = &[OPEN_METRICS, LAST_RESORT, TEXT_1, PROTOBUF];

impl MediaType {
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.format, self.parameters) == (other.format, other.parameters)
    }

    pub(super) fn negotiated(&self, escaping: Option<Escaping>) -> Negotiated {
        Negotiated { format: self.format, content_type: (self.content_type)(escaping) }
    }
}
