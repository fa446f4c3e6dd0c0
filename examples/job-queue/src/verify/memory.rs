//! The memory that metrics take.

use super::{process_files::Memory, quartiles::Quartiles};

/// The memory of two processes that have done the same work, in bytes: medians of readings between
/// the batches of the second half of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MemoryDifference {
    /// Resident memory with metrics, and without.
    pub(super) resident: [f64; 2],
    /// The difference of resident memory.
    pub(super) difference: Quartiles,
    /// The difference of the proportional shares, where the kernel says them.
    pub(super) proportional: Option<f64>,
    /// The number of readings.
    pub(super) readings: usize,
}

impl MemoryDifference {
    /// From readings of the process with metrics and the one without. `None` without readings.
    pub(super) fn of(readings: &[[Memory; 2]]) -> Option<Self> {
        let late = &readings[readings.len() / 2..];
        let resident = |nth: usize| late.iter().map(move |pair| pair[nth].resident as f64);
        let differences = resident(0).zip(resident(1)).map(|(with, without)| with - without);
        let proportional = late
            .iter()
            .map(|[with, without]| Some(with.proportional? as f64 - without.proportional? as f64));
        let proportional = proportional.collect::<Option<Vec<_>>>();
        Some(Self {
            resident: [Quartiles::of(resident(0))?.median, Quartiles::of(resident(1))?.median],
            difference: Quartiles::of(differences)?,
            proportional: proportional.and_then(Quartiles::of).map(|of| of.median),
            readings: late.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(with: u64, without: u64, proportional: Option<u64>) -> [Memory; 2] {
        let of = |resident| Memory {
            resident,
            proportional: proportional.map(|less| resident.saturating_sub(less)),
        };
        [of(with), of(without)]
    }

    #[test]
    fn the_later_readings_count() {
        assert_eq!(MemoryDifference::of(&[]), None);
        let readings = [(900, 1), (900, 1), (50, 20), (60, 20)];
        let readings = readings.map(|(with, without)| pair(with, without, Some(5)));
        let found = MemoryDifference::of(&readings).unwrap();
        assert_eq!((found.resident, found.readings), ([55.0, 20.0], 2));
        assert!((found.difference.median - 35.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.proportional, Some(35.0));
    }

    #[test]
    fn without_proportional_shares_there_is_still_a_difference() {
        let found = MemoryDifference::of(&[pair(7, 9, None)]).unwrap();
        assert!((found.difference.median + 2.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.proportional, None);
    }
}
