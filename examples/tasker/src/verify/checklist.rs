/// What a check has found, with the numbers that it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Everything is as it should be.
    Ok(String),
    /// Something is not as it should be.
    Miss(String),
    /// It was not checked, for this reason.
    NotChecked(String),
}

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckItem {
    /// What should be.
    pub title: &'static str,
    /// What is.
    pub finding: Finding,
}

/// The checklist, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// The items, in their order.
    pub items: Vec<CheckItem>,
}

impl Checklist {
    /// The number of items that are a miss.
    pub fn misses(&self) -> usize {
        self.items.iter().filter(|item| matches!(item.finding, Finding::Miss(_))).count()
    }
}

/// The numbers that a check sees, and those that are not as they should be.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    seen: Vec<String>,
    missed: Vec<String>,
}

impl Numbers {
    /// Notes something that is as it should be.
    pub(super) fn see(&mut self, seen: impl Into<String>) {
        self.seen.push(seen.into());
    }

    /// Notes something that is not as it should be.
    pub(super) fn miss(&mut self, missed: impl Into<String>) {
        self.missed.push(missed.into());
    }

    /// Notes a part of the check.
    pub(super) fn note(&mut self, is_right: bool, text: impl Into<String>) {
        if is_right { self.see(text) } else { self.miss(text) }
    }

    /// What the check has found. The misses come first.
    pub(super) fn finding(mut self) -> Finding {
        if self.missed.is_empty() {
            return Finding::Ok(self.seen.join(", "));
        }
        self.missed.append(&mut self.seen);
        Finding::Miss(self.missed.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_miss_makes_an_item_a_miss() {
        let mut numbers = Numbers::default();
        numbers.see("requests 8");
        numbers.note(true, "results 4");
        let ok = Finding::Ok("requests 8, results 4".to_owned());
        numbers.note(false, "completions 5 instead of 6");
        let missed = numbers.finding();
        let text = "completions 5 instead of 6, requests 8, results 4";
        assert_eq!(missed, Finding::Miss(text.to_owned()));
        let items = [ok, missed, Finding::NotChecked("no log".to_owned())];
        let items = items.map(|finding| CheckItem { title: "", finding });
        assert_eq!(Checklist { items: items.to_vec() }.misses(), 1);
    }
}
