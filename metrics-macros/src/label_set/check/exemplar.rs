use syn::Field;

use super::limit::{KnownType, known_type};
use crate::{
    attribute::{Entries, Errors},
    label_set::spec::{LabelKey, LabelKind},
};

/// Checks a label that only exemplars have: it makes no series, so that it has no limit, and a type
/// whose values are not known in advance.
pub(super) fn check_exemplar(
    key: LabelKey,
    field: &Field,
    entries: &Entries,
    errors: &mut Errors,
) -> LabelKind {
    for limit in ["max", "recent"] {
        if let Some(entry) = entries.get(limit) {
            let message = format!(
                "`{limit}` does not fit `exemplar`: a label that only exemplars have makes no \
                 series, so that its values need no limit; remove one of them"
            );
            errors.report(entry.key.span(), message);
        }
    }
    if let Some(KnownType::Bool | KnownType::OptionalBool) = known_type(&field.ty) {
        errors.report_on(
            &field.ty,
            "a `bool` has two values, which make few series; remove `exemplar`, or use a string or \
             an integer that tells one sample from others",
        );
        return LabelKind::Invalid;
    }
    LabelKind::Exemplar { key }
}
