use osapi_metrics_rules::{InstrumentKind, check_buckets, similar::nearest};

use super::error::InstallError;
use crate::{
    config::MetricsConfig,
    core::{
        catalogue::Catalogue,
        descriptor::MetricDescriptor,
        jobs::is_boundary,
        registry::{JobRegistration, lost},
        self_metrics,
        sync::scope,
    },
};

/// Rule S2. The metrics about metrics are always in use, so they show whether all registrations
/// have been dropped.
pub(super) fn check_registrations() -> Result<(), InstallError> {
    scope::suspended(self_metrics::touch);
    let lost = lost::known();
    if lost.is_empty() { Ok(()) } else { Err(InstallError::LostRegistrations { lost }) }
}

pub(super) fn check_configured_buckets(
    config: &MetricsConfig,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    for (name, boundaries) in &config.buckets {
        let invalid = |problem| InstallError::Buckets { metric: name.clone(), problem };
        let metric = histogram(name, catalogue).map_err(invalid)?;
        if let Some(violation) = check_buckets(boundaries, metric.unit) {
            return Err(invalid(violation.message(boundaries).to_string()));
        }
    }
    Ok(())
}

/// Refuses a setting of native buckets for what is no histogram.
pub(super) fn check_native_histograms(
    config: &MetricsConfig,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    config.native_histograms.keys().try_for_each(|name| match histogram(name, catalogue) {
        Ok(_) => Ok(()),
        Err(problem) => Err(InstallError::NativeHistogram { metric: name.clone(), problem }),
    })
}

/// The histogram of this name, or else the problem.
fn histogram(name: &str, catalogue: &Catalogue) -> Result<&'static MetricDescriptor, String> {
    let Some(metric) = catalogue.get(name) else {
        let names = catalogue.iter().filter(|metric| metric.kind == InstrumentKind::Histogram);
        let nearest = nearest(name, names.map(MetricDescriptor::prometheus_name));
        let nearest = nearest.map_or_else(String::new, |n| format!("; the nearest is `{n}`"));
        return Err(format!("no histogram of this name is linked in{nearest}"));
    };
    if metric.kind == InstrumentKind::Histogram {
        return Ok(metric);
    }
    Err(format!(
        "this is a {}, declared at {}; only histograms have buckets",
        metric.kind.as_str(),
        metric.declaration()
    ))
}

/// Configured boundaries must include the latencies of objectives.
pub(super) fn check_objectives(config: &MetricsConfig) -> Result<(), InstallError> {
    for JobRegistration(handler) in inventory::iter::<JobRegistration>() {
        let job = handler.descriptor();
        // A handler with boundaries of its own keeps them.
        if job.buckets.is_some() {
            continue;
        }
        let (Some(slo), Some(metric)) = (job.slo, handler.durations()) else { continue };
        let configured = config.buckets.iter().find(|(name, boundaries)| {
            [metric.name, metric.prometheus_name()].contains(&name.as_str())
                && !is_boundary(boundaries, metric.unit, slo.latency)
        });
        if let Some((name, _)) = configured {
            let latency = humantime::format_duration(slo.latency);
            let problem = format!(
                "the job `{}`, handled at {}, has an objective for {latency}, which is not among the \
                 boundaries; add it",
                job.name, job.origin
            );
            return Err(InstallError::Buckets { metric: name.clone(), problem });
        }
    }
    Ok(())
}
