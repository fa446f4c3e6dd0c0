use serde::Serialize;

/// The median of measurements and their quartiles. A few wild measurements do not move them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Quartiles {
    pub(super) lower: f64,
    pub(super) median: f64,
    pub(super) upper: f64,
}

impl Quartiles {
    /// `None` without values.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |quarters: usize| {
            let place = quarters * values.len().checked_sub(1)?;
            let below = *values.get(place / 4)?;
            let above = *values.get(place.div_ceil(4))?;
            Some(below + (above - below) * (place % 4) as f64 / 4.0)
        };
        Some(Self { lower: at(1)?, median: at(2)?, upper: at(3)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wild_value_moves_no_quartile_far() {
        assert_eq!(Quartiles::of([]), None);
        let one = Quartiles { lower: 7.0, median: 7.0, upper: 7.0 };
        assert_eq!(Quartiles::of([7.0]), Some(one));
        let some = Quartiles::of([4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(some, Quartiles { lower: 1.75, median: 2.5, upper: 3.25 });
        let wild = Quartiles::of([1.0, 2.0, 3.0, 4.0, 1e9]).unwrap();
        assert_eq!(wild, Quartiles { lower: 2.0, median: 3.0, upper: 4.0 });
    }
}
