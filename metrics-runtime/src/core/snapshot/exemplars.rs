use crate::core::{storage::Exemplar, sync::Timestamp};

/// The exemplars of the series of one metric.
#[derive(Clone, Debug, Default)]
pub struct Exemplars {
    /// Each with the position of its series, in the order of the positions; those of a distribution
    /// in the order of their values.
    all: Vec<(usize, Exemplar)>,
    /// The time of the newest one that the exporter has read before.
    known: Timestamp,
}

impl Exemplars {
    /// Removes all, which are known from here on.
    pub(crate) fn clear(&mut self) {
        let times = self.all.drain(..).map(|(_, exemplar)| exemplar.time);
        self.known = times.fold(self.known, Timestamp::max);
    }

    /// Adds an exemplar of the series at this position, which is not before that of the last one.
    pub(crate) fn push(&mut self, position: usize, exemplar: Exemplar) {
        self.all.push((position, exemplar));
    }

    /// The exemplars of all series.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Exemplar> {
        self.all.iter().map(|(_, exemplar)| exemplar)
    }

    /// The exemplars of the series at this position.
    pub(crate) fn of(&self, position: usize) -> impl Iterator<Item = &Exemplar> {
        let begin = self.all.partition_point(|(known, _)| *known < position);
        let of_series = self.all[begin..].iter().take_while(move |(known, _)| *known == position);
        of_series.map(|(_, exemplar)| exemplar)
    }

    /// The exemplars of the series at this position that the exporter has not read before.
    pub(crate) fn new_of(&self, position: usize) -> impl Iterator<Item = &Exemplar> {
        self.of(position).filter(|exemplar| exemplar.time > self.known)
    }
}
