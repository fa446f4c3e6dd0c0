use std::collections::BTreeMap;

/// The labels of series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Labels {
    /// Series of others, which can have any.
    Any,
    /// These and no other.
    Known(BTreeMap<String, Presence>),
}

/// Whether series have a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Some do, or it depends on the configuration of Prometheus.
    Possible,
    /// All do.
    Sure,
    /// All do, with several values.
    Varied,
}

impl Labels {
    pub(super) fn none() -> Self {
        Self::Known(BTreeMap::new())
    }

    /// Whether a label is possible.
    pub(super) fn has(&self, label: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Known(labels) => labels.contains_key(label),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let labels = match self {
            Self::Any => None,
            Self::Known(labels) => Some(labels),
        };
        labels.into_iter().flat_map(|labels| labels.keys().map(String::as_str))
    }

    /// The labels that an aggregation keeps, if they are there.
    pub(super) fn only(&self, kept: &[String]) -> Self {
        let Self::Known(labels) = self else {
            let possible = kept.iter().map(|label| (label.clone(), Presence::Possible));
            return Self::Known(possible.collect());
        };
        let mut labels = labels.clone();
        labels.retain(|label, _| kept.contains(label));
        Self::Known(labels)
    }

    pub(super) fn without(&self, dropped: &[String]) -> Self {
        let mut labels = self.clone();
        if let Self::Known(labels) = &mut labels {
            labels.retain(|label, _| !dropped.contains(label));
        }
        labels
    }

    pub(super) fn with(mut self, label: &str, presence: Presence) -> Self {
        if let Self::Known(labels) = &mut self {
            labels.insert(label.to_owned(), presence);
        }
        self
    }

    /// Whether all series here have a label that none has after.
    pub(super) fn lose(&self, label: &str, after: &Self) -> bool {
        let (Self::Known(before), Self::Known(after)) = (self, after) else { return false };
        let is_sure = before.get(label).is_some_and(|presence| *presence != Presence::Possible);
        is_sure && !after.contains_key(label)
    }

    /// The labels of series of one kind or the other.
    pub(super) fn either(self, other: Self) -> Self {
        let (Self::Known(one), Self::Known(other)) = (self, other) else { return Self::Any };
        let mut both = BTreeMap::new();
        for (label, presence) in one.iter().chain(&other) {
            let is_sure = match (one.get(label), other.get(label)) {
                (Some(a), Some(b)) => *a != Presence::Possible && *b != Presence::Possible,
                _ => false,
            };
            let presence = if is_sure { *presence } else { Presence::Possible };
            both.insert(label.clone(), presence);
        }
        Self::Known(both)
    }
}
