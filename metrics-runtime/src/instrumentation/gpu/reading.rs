use super::Gpu;

/// All GPUs at one moment.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) gpus: Vec<GpuReading>,
    /// GPUs that were there and are lost.
    pub(super) lost: Vec<Gpu>,
}

/// One GPU at one moment. `None` for what is not known.
#[derive(Debug)]
pub(super) struct GpuReading {
    pub(super) gpu: Gpu,
    pub(super) values: Values,
}

/// What a GPU reports of itself, in the units of the roles.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) utilization: Option<f64>,
    pub(super) encoder_utilization: Option<f64>,
    pub(super) decoder_utilization: Option<f64>,
    pub(super) memory_usage: Option<f64>,
    pub(super) memory_limit: Option<f64>,
    pub(super) temperature: Option<f64>,
    pub(super) power: Option<f64>,
    pub(super) energy: Option<f64>,
    pub(super) corrected_errors: Option<f64>,
    pub(super) uncorrected_errors: Option<f64>,
}

impl Values {
    /// The memory in use as a share of its size.
    pub(super) fn memory_utilization(&self) -> Option<f64> {
        let (usage, limit) = (self.memory_usage?, self.memory_limit?);
        (limit > 0.0).then_some(usage / limit)
    }
}

/// The least of the values that stand for "not available" among signed numbers of 64 bits:
/// `DCGM_INT64_BLANK`. The others are up to 15 greater, and `NVML_VALUE_NOT_AVAILABLE` is
/// the greatest number.
const BLANK_64: u64 = 0x7fff_ffff_ffff_fff0;

/// The same for 32 bits: `DCGM_INT32_BLANK`.
const BLANK_32: u32 = 0x7fff_fff0;

/// A number, unless it stands for "not available".
pub(super) fn number(value: u64) -> Option<f64> {
    (value < BLANK_64).then_some(value as f64)
}

/// A number of 32 bits, unless it stands for "not available".
pub(super) fn small_number(value: u32) -> Option<f64> {
    (value < BLANK_32).then_some(f64::from(value))
}

/// A share from a number of percent. No other number than 0 to 100 is one.
pub(super) fn share(percent: u32) -> Option<f64> {
    (percent <= 100).then_some(f64::from(percent) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_stand_for_not_available_are_absent() {
        // DCGM's blank, not found, not supported and not permissioned; NVML's not available.
        for blank in [1 << 63, u64::MAX, 9_223_372_036_854_775_792, 9_223_372_036_854_775_794] {
            assert_eq!(number(blank), None, "{blank}");
        }
        for blank in [0x7fff_fff0, 0x7fff_fff2, 1 << 31, u32::MAX] {
            assert_eq!((small_number(blank), share(blank)), (None, None), "{blank}");
        }
    }

    #[test]
    fn other_numbers_are_values() {
        let energy_of_a_century = 100 * 365 * 24 * 3600 * 1_000_000;
        for value in [0, 1, 150_754_820_096, energy_of_a_century] {
            assert_eq!(number(value), Some(value as f64));
        }
        assert_eq!((small_number(0), small_number(700_000)), (Some(0.0), Some(700_000.0)));
        assert_eq!((share(0), share(37), share(100)), (Some(0.0), Some(0.37), Some(1.0)));
        assert_eq!(share(101), None);
    }
}
