use std::collections::BTreeMap;

/// The names of the headings of a page in links, as GitHub makes them.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    used: BTreeMap<String, usize>,
}

impl Anchors {
    /// The name of the next heading: the second heading of a name gets `-1`, the third `-2`.
    pub(super) fn next(&mut self, heading: &str) -> String {
        let name = anchor(heading);
        let before = self.used.get(&name).copied();
        let Some(mut nth) = before else {
            self.used.insert(name.clone(), 0);
            return name;
        };
        loop {
            nth += 1;
            let numbered = format!("{name}-{nth}");
            if !self.used.contains_key(&numbered) {
                self.used.insert(name, nth);
                self.used.insert(numbered.clone(), 0);
                return numbered;
            }
        }
    }
}

/// The name of a heading in links: in lower case, without punctuation, with `-` for spaces.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_unique() {
        let mut anchors = Anchors::default();
        let names = [
            "order.pay",
            "orderpay",
            "ShopMetrics of shop",
            "orderpay-1",
            "Order: pay!",
            "orderpay",
        ];
        assert_eq!(
            names.map(|name| anchors.next(name)),
            [
                "orderpay",
                "orderpay-1",
                "shopmetrics-of-shop",
                "orderpay-1-1",
                "order-pay",
                "orderpay-2"
            ]
        );
    }
}
