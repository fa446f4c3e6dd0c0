use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::policy::are_on;
use crate::core::{
    descriptor::{LabelRef, LabelSet, LabelVisitor, OwnedLabel},
    sync::{ReentrancyGuard, enabled},
};

/// Labels that an exemplar has and its series does not, with their keys. None is empty.
pub(crate) type ExemplarLabels = Arc<[(&'static str, OwnedLabel)]>;

/// Numbers the labels of exemplars that a look-up of a series has kept for its thread.
///
/// A number is given once in 2<sup>32</sup> such look-ups. A handle that is kept, copied, or sent
/// to another thread therefore finds the labels of its own look-up or none, and not those of a
/// later one. It has 32 bits, so that it fits beside a generation, or the number of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExemplarLabelsId(u32);

/// The look-ups whose labels a thread keeps.
const KEPT: usize = 8;

static LAST: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// The labels of the last look-ups, and the place of the next ones.
    static LABELS: RefCell<[Option<(ExemplarLabelsId, ExemplarLabels)>; KEPT]> =
        const { RefCell::new([const { None }; KEPT]) };
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

impl ExemplarLabelsId {
    /// No labels.
    pub(crate) const NONE: Self = Self(0);

    /// Keeps the labels of exemplars of a set for this thread, if there are some and a sample of
    /// the series can become an exemplar. Nothing is left of the call for a set without such
    /// labels.
    #[inline]
    pub(crate) fn of<L: LabelSet>(labels: &L, is_gate_open: impl FnOnce() -> bool) -> Self {
        if const { L::EXEMPLAR_LABELS.is_empty() } || !are_on() || !enabled() || !is_gate_open() {
            return Self::NONE;
        }
        keep(L::EXEMPLAR_LABELS, &|visitor| labels.visit_exemplar_labels(visitor))
    }

    #[inline]
    pub(crate) fn is_none(self) -> bool {
        self == Self::NONE
    }

    #[inline]
    pub(in crate::core::storage) fn to_bits(self) -> u32 {
        self.0
    }

    #[inline]
    pub(in crate::core::storage) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The labels, if this thread has them still.
    pub(super) fn labels(self) -> Option<ExemplarLabels> {
        if self.is_none() {
            return None;
        }
        // A destructor of a thread-local can record when there are no labels any more.
        let labels = LABELS.try_with(|labels| {
            let labels = labels.try_borrow().ok()?;
            let kept = labels.iter().flatten().find(|(id, _)| *id == self);
            kept.map(|(_, labels)| Arc::clone(labels))
        });
        labels.ok().flatten()
    }
}

/// Keeps the values that are not empty in place of those of an earlier look-up.
#[cold]
#[inline(never)]
fn keep(keys: &'static [&'static str], visit: &dyn Fn(&mut LabelVisitor<'_>)) -> ExemplarLabelsId {
    // An allocator that records with such labels comes here again while the values are copied.
    if ReentrancyGuard::is_active() {
        return ExemplarLabelsId::NONE;
    }
    let _guard = ReentrancyGuard::enter();
    let mut values = Vec::with_capacity(keys.len());
    let mut keys = keys.iter();
    visit(&mut |value| {
        if let Some(key) = keys.next()
            && value != LabelRef::Str("")
        {
            values.push((*key, value.to_owned_label()));
        }
    });
    if values.is_empty() {
        return ExemplarLabelsId::NONE;
    }
    let id = ExemplarLabelsId(LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1));
    let before = LABELS.try_with(|labels| {
        let place = NEXT.replace((NEXT.get() + 1) % KEPT);
        // Dropped by the caller, when nothing is borrowed.
        labels.try_borrow_mut().ok()?[place].replace((id, values.into()))
    });
    if before.is_ok() { id } else { ExemplarLabelsId::NONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep_text(text: &str) -> ExemplarLabelsId {
        keep(&["id", "other"], &|visitor| {
            visitor(LabelRef::Str(text));
            visitor(LabelRef::Str(""));
        })
    }

    fn text(id: ExemplarLabelsId) -> Option<String> {
        let labels = id.labels()?;
        let [("id", OwnedLabel::Str(text))] = &*labels else { panic!("{labels:?}") };
        Some(text.to_string())
    }

    #[test]
    fn a_thread_keeps_the_labels_of_its_last_look_ups() {
        let ids: Vec<_> = (0..=KEPT).map(|nth| keep_text(&nth.to_string())).collect();
        assert_eq!(text(ids[0]), None);
        for (nth, id) in ids.iter().enumerate().skip(1) {
            assert_eq!(text(*id), Some(nth.to_string()));
        }
        let elsewhere = std::thread::spawn(move || {
            let own = keep_text("own");
            (text(ids[KEPT]), text(own))
        });
        assert_eq!(elsewhere.join().unwrap(), (None, Some("own".to_owned())));
    }

    #[test]
    fn values_that_are_all_empty_are_no_labels() {
        assert!(keep_text("").is_none());
        assert_eq!(ExemplarLabelsId::NONE.labels(), None);
    }

    #[test]
    fn nothing_is_kept_within_the_recording_core() {
        let _guard = ReentrancyGuard::enter();
        assert!(keep_text("a").is_none());
    }
}
