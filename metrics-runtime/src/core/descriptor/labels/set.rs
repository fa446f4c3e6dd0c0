use super::{
    descriptor::{LabelDescriptor, LabelValues},
    value::{LabelRef, OwnedLabel},
};

/// The labels of a metric, as a type: one field, one label.
///
/// Derive it:
///
/// ```
/// use osapi_metrics::{LabelSet, LabelValue};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Priority { Low, High }
///
/// #[derive(LabelSet)]
/// struct TaskLabels {
///     priority: Priority,
///     retried: bool,
///     #[label(max = 50)]
///     queue: String,
/// }
///
/// assert_eq!(TaskLabels::LABELS[2].key, "queue");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of labels",
    label = "this type does not derive `LabelSet`",
    note = "a metric's labels are a struct with `derive(LabelSet)`, or an enum with `derive(LabelValue, LabelSet)`"
)]
pub trait LabelSet {
    /// The labels, in the order in which [`visit`](Self::visit) gives their values.
    const LABELS: &'static [LabelDescriptor];

    /// Calls `visitor` with the value of each label.
    fn visit(&self, visitor: &mut LabelVisitor<'_>);

    /// The index of this combination among all combinations of the closed labels. The last label
    /// varies fastest.
    fn combination(&self) -> usize;

    /// The keys of the labels that only exemplars have, in the order in which
    /// [`visit_exemplar_labels`](Self::visit_exemplar_labels) gives their values. They make no
    /// series.
    const EXEMPLAR_LABELS: &'static [&'static str] = &[];

    /// Calls `visitor` with the value of each label that only exemplars have. An empty text means
    /// that an exemplar does not have the label.
    #[inline]
    fn visit_exemplar_labels(&self, visitor: &mut LabelVisitor<'_>) {
        let _ = visitor;
    }
}

/// The function that [`LabelSet::visit`] calls with the value of each label.
pub type LabelVisitor<'a> = dyn FnMut(LabelRef<'_>) + 'a;

/// A set that is borrowed has the same labels: a `Counter<&'static TaskLabels>` takes
/// `with(&labels)`.
#[diagnostic::do_not_recommend]
impl<L: LabelSet> LabelSet for &L {
    const LABELS: &'static [LabelDescriptor] = L::LABELS;

    #[inline]
    fn visit(&self, visitor: &mut LabelVisitor<'_>) {
        (**self).visit(visitor);
    }

    #[inline]
    fn combination(&self) -> usize {
        (**self).combination()
    }

    const EXEMPLAR_LABELS: &'static [&'static str] = L::EXEMPLAR_LABELS;

    #[inline]
    fn visit_exemplar_labels(&self, visitor: &mut LabelVisitor<'_>) {
        (**self).visit_exemplar_labels(visitor);
    }
}

/// The set without labels: the metric has a single series.
impl LabelSet for () {
    const LABELS: &'static [LabelDescriptor] = &[];

    fn visit(&self, _: &mut LabelVisitor<'_>) {}

    fn combination(&self) -> usize {
        0
    }
}

/// Whether every combination of values is known at compile time.
pub(crate) const fn is_closed(labels: &[LabelDescriptor]) -> bool {
    let mut i = 0;
    while i < labels.len() {
        if labels[i].is_open() {
            return false;
        }
        i += 1;
    }
    true
}

/// The values of the combination at an index of [`LabelSet::combination`].
pub(crate) fn closed_combination(labels: &[LabelDescriptor], index: usize) -> Box<[OwnedLabel]> {
    let mut rest = index;
    let mut values: Vec<OwnedLabel> = labels
        .iter()
        .rev()
        .map(|label| {
            let index = rest % label.size();
            rest /= label.size();
            match label.values {
                LabelValues::Closed(values) => OwnedLabel::Str(values[index].into()),
                LabelValues::Bool => OwnedLabel::Bool(index == 1),
                LabelValues::Open { .. } | LabelValues::Recent { .. } => {
                    unreachable!("only closed sets are counted through")
                }
            }
        })
        .collect();
    values.reverse();
    values.into()
}
