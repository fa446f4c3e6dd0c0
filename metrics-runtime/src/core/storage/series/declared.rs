use std::{collections::HashMap, sync::Arc};

use hashbrown::HashSet;

use crate::core::descriptor::{LabelRef, OwnedLabel};

/// The values of labels that the program declares at link time, by the key of the label. Nothing
/// from outside the program is among them, so that they do not count towards a limit.
#[derive(Debug, Default)]
pub struct DeclaredValues(HashMap<&'static str, DeclaredSet>);

/// The declared values of one label, which several metrics share.
pub(super) type DeclaredSet = Arc<HashSet<OwnedLabel>>;

impl DeclaredValues {
    /// Adds a value of the label of this key.
    pub(crate) fn insert(&mut self, key: &'static str, value: LabelRef<'_>) {
        let values = self.0.entry(key).or_default();
        Arc::make_mut(values).insert(value.to_owned_label());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of(&self, key: &str) -> DeclaredSet {
        self.0.get(key).cloned().unwrap_or_default()
    }
}
