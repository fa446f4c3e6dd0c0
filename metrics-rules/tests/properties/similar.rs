//! The known word that a misspelt word means.

use osapi_metrics_rules::similar::nearest;
use proptest::{collection::vec, prelude::*, sample::Index};

use super::config;

fn known() -> impl Strategy<Value = Vec<String>> {
    vec("[a-z_.]{1,12}", 1..8)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_known_word_means_itself(known in known(), index: Index) {
        let given = index.get(&known);
        prop_assert_eq!(nearest(given, known.iter().map(String::as_str)), Some(given.as_str()));
    }

    #[test]
    fn a_long_word_with_one_edit_is_recognised(word in "[a-z_]{6,200}", at: Index, letter in "[A-Z0-9]") {
        let at = at.index(word.len());
        let (before, after) = word.split_at(at);
        for given in [
            format!("{before}{letter}{after}"),
            format!("{before}{}", &after[1..]),
            format!("{before}{letter}{}", &after[1..]),
            word.to_uppercase(),
        ] {
            prop_assert_eq!(nearest(&given, [word.as_str()]), Some(word.as_str()), "{}", given);
        }
    }

    #[test]
    fn the_order_of_the_known_words_does_not_matter(given in any::<String>(), known in known()) {
        let words = || known.iter().map(String::as_str);
        let proposed = nearest(&given, words());
        prop_assert_eq!(nearest(&given, words().rev()), proposed);
        prop_assert!(proposed.is_none_or(|proposed| words().any(|word| word == proposed)));
    }
}
