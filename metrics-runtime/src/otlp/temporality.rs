use opentelemetry_sdk::metrics::Temporality;

use crate::config::{OtlpConfig, OtlpTemporality};

/// The SDK's value for a configured temporality.
pub(super) fn temporality(config: &OtlpConfig) -> Temporality {
    match config.temporality {
        OtlpTemporality::Cumulative => Temporality::Cumulative,
        OtlpTemporality::Delta => Temporality::Delta,
        OtlpTemporality::LowMemory => Temporality::LowMemory,
    }
}
