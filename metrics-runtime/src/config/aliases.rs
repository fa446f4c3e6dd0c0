//! How many values the aliases of a YAML document stand for.

use std::collections::HashMap;

use saphyr_parser::Event;

/// The most values that all aliases of a document stand for together.
///
/// An alias is replaced by what it stands for, which may have aliases itself: 400 bytes can be
/// gigabytes. The parser of `yaml_serde` has a limit for the number of aliases, and none for what
/// they are replaced by.
pub(super) const MAX_ALIASED: usize = 100_000;

/// The values of a document up to an event, with aliases replaced.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    values: usize,
    aliased: usize,
    /// The anchors of the lists and tables that are open, and the values before each.
    around: Vec<(usize, usize)>,
    sizes: HashMap<usize, usize>,
}

impl Aliases {
    /// Goes to the next event.
    pub(super) fn enter(&mut self, event: &Event<'_>) {
        match event {
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                self.around.push((*anchor, self.values));
                self.values = self.values.saturating_add(1);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = self.around.pop() {
                    self.sizes.insert(anchor, self.values - before);
                }
            }
            Event::Scalar(_, _, anchor, _) => {
                self.sizes.insert(*anchor, 1);
                self.values = self.values.saturating_add(1);
            }
            Event::Alias(anchor) => {
                // `yaml_serde` refuses an alias inside of what it stands for.
                let size = self.sizes.get(anchor).copied().unwrap_or(1);
                self.values = self.values.saturating_add(size);
                self.aliased = self.aliased.saturating_add(size);
            }
            _ => {}
        }
    }

    /// Whether the aliases stand for more than [`MAX_ALIASED`] values.
    pub(super) const fn are_too_large(&self) -> bool {
        self.aliased > MAX_ALIASED
    }
}
