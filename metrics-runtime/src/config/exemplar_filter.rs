use super::error::InvalidValue;

/// Which samples of counters and histograms can become exemplars: the [exemplar filter] of
/// OpenTelemetry. Needs the feature `exemplars`.
///
/// [exemplar filter]: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExemplarFilter {
    /// Those that are recorded in a sampled span: `trace_based`.
    #[default]
    TraceBased,
    /// All: `always_on`. One that is recorded outside of a sampled span has no trace.
    AlwaysOn,
    /// None: `always_off`.
    AlwaysOff,
}

pub(super) fn exemplar_filter(text: &str) -> Result<ExemplarFilter, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "trace_based" => Ok(ExemplarFilter::TraceBased),
        "always_on" => Ok(ExemplarFilter::AlwaysOn),
        "always_off" => Ok(ExemplarFilter::AlwaysOff),
        _ => Err("`trace_based`, `always_on` or `always_off`".into()),
    }
}
