use osapi_metrics_rules::{MAX_NAME_LENGTH, NameRules, NameViolations, is_plain_prefix};
use proptest::{collection::vec, prelude::*};

use super::{
    config,
    declarations::{accepted, word},
};

proptest! {
    #![proptest_config(config())]

    /// The derive relies on this property if it does not know the prefix.
    #[test]
    fn what_is_right_behind_one_plain_prefix_is_right_behind_all(
        declaration in accepted().prop_filter("another prefix", |d| d.name.starts_with("osapi_")),
        prefix in vec(word(), 1..4).prop_map(|words| words.join("_")),
    ) {
        prop_assume!(is_plain_prefix("osapi") && is_plain_prefix(&prefix));
        prop_assume!(prefix.starts_with(|first: char| first.is_ascii_lowercase()));
        let name = declaration.name.replacen("osapi", &prefix, 1);
        prop_assume!(name.len() <= MAX_NAME_LENGTH);
        let rules = NameRules { prefix: &prefix, non_base_units: false, semconv_names: false };
        let mistakes = NameViolations::of(&name, declaration.kind, declaration.unit(), rules);
        prop_assert!(mistakes.is_empty(), "{}: {:?}", name, mistakes);
    }
}
