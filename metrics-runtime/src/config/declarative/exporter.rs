//! The exporters of periodic readers.

use std::{collections::BTreeMap, path::Path, time::Duration};

use crate::config::{
    OtlpCompression, OtlpConfig, OtlpEndpoint, OtlpHistogramAggregation, OtlpProtocol,
    OtlpTemporality, Secret, address, duration::time_limit, error::InvalidValue, header, otlp,
    section::Section, tree::Value,
};

/// Reads an exporter of OTLP, with the defaults of the file's format. `limit` is the time limit of
/// its reader.
pub(super) fn otlp(
    kind: &str,
    section: Section<'_>,
    config: &mut OtlpConfig,
    limit: Duration,
    folder: &Path,
) {
    let mut section = section.without(&["max_response_size"]);
    config.protocol = match kind {
        "otlp_grpc" => OtlpProtocol::Grpc,
        _ => section.text("encoding", encoding).unwrap_or(OtlpProtocol::HttpProtobuf),
    };
    // Over HTTP, this is the endpoint of the signal.
    config.endpoint = section.text("endpoint", address::endpoint).map(OtlpEndpoint::Exact);
    if let Some(endpoint) = config.endpoint.as_ref().filter(|_| config.lacks_scheme()) {
        let value = Value::Text(endpoint.as_str().to_owned());
        section.reject("endpoint", &value, otlp::NEEDS_SCHEME.into());
    }
    let timeout = section.integer("timeout", time_limit).unwrap_or(Duration::from_secs(10));
    config.timeout = timeout.min(limit);
    config.compression =
        section.text("compression", otlp::compression).unwrap_or(OtlpCompression::None);
    if let Some(size) = section.integer("max_request_size", otlp::max_request_bytes) {
        config.max_request_bytes = size;
    }
    config.headers = headers(&mut section);
    config.temporality = temporality_preference(&mut section);
    config.default_histogram_aggregation = section
        .text("default_histogram_aggregation", |text| match text {
            "explicit_bucket_histogram" => Ok(OtlpHistogramAggregation::ExplicitBuckets),
            "base2_exponential_bucket_histogram" => Ok(OtlpHistogramAggregation::Exponential),
            _ => Err("`explicit_bucket_histogram` or `base2_exponential_bucket_histogram`".into()),
        })
        .unwrap_or_default();
    tls(section.section("tls"), config, folder);
}

/// The console prints what has been counted since the start.
pub(super) fn console(mut section: Section<'_>) {
    section.text("temporality_preference", |text| match text {
        "cumulative" => Ok(()),
        _ => Err("`cumulative`, as the console has no other temporality".into()),
    });
    section.text("default_histogram_aggregation", |text| match text {
        "explicit_bucket_histogram" => Ok(()),
        _ => {
            Err("`explicit_bucket_histogram`, as the console prints buckets with boundaries".into())
        }
    });
}

fn encoding(text: &str) -> Result<OtlpProtocol, InvalidValue> {
    match text {
        "protobuf" => Ok(OtlpProtocol::HttpProtobuf),
        "json" => Ok(OtlpProtocol::HttpJson),
        _ => Err("`protobuf` or `json`".into()),
    }
}

fn temporality_preference(section: &mut Section<'_>) -> OtlpTemporality {
    let temporality = section.text("temporality_preference", |text| match text {
        "cumulative" => Ok(OtlpTemporality::Cumulative),
        "delta" => Ok(OtlpTemporality::Delta),
        "low_memory" => Ok(OtlpTemporality::LowMemory),
        _ => Err("`cumulative`, `delta` or `low_memory`".into()),
    });
    temporality.unwrap_or_default()
}

/// The headers: those of `headers` win over those of `headers_list`.
fn headers(section: &mut Section<'_>) -> BTreeMap<String, Secret> {
    let listed = section.text("headers_list", header::list).unwrap_or_default();
    let mut headers: BTreeMap<_, _> = listed.into_iter().collect();
    let mut names = Vec::new();
    for mut entry in section.tables("headers", InvalidValue::unshown("a list of headers")) {
        let name = entry.required_text("name", |text| match header::name(text)? {
            name if names.contains(&name) => {
                Err(InvalidValue::unshown("a header that no other entry has"))
            }
            name => Ok(name),
        });
        names.extend(name.clone());
        let value = entry.value("value", |value| match value {
            Value::Text(text) => header::value(text),
            _ => Err(InvalidValue::unshown("a text")),
        });
        headers.extend(name.zip(value));
    }
    headers
}

fn tls(mut section: Section<'_>, config: &mut OtlpConfig, folder: &Path) {
    config.certificate = section.file("ca_file", folder);
    config.client_certificate = section.file("cert_file", folder);
    config.client_key = section.file("key_file", folder);
    // Over HTTP, an endpoint has a scheme.
    if config.protocol == OtlpProtocol::Grpc {
        config.insecure = section.boolean("insecure").unwrap_or(false);
    }
}
