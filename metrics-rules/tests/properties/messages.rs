//! The messages about a declaration: there is one if and only if a check finds a mistake, and each
//! message has a remedy.

use osapi_metrics_rules::{Message, NameRules, NameViolations, check_buckets, parse_unit};
use proptest::{collection::vec, prelude::*};

use crate::declarations::{Declaration, declaration};

fn is_problem_and_remedy(message: &Message) -> bool {
    let text = message.as_str();
    text.contains("; ") && !text.ends_with('.') && !text.starts_with(char::is_uppercase)
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn of_names(declaration in declaration()) {
        let Declaration { name, prefix, kind, .. } = &declaration;
        let rules = NameRules { prefix, non_base_units: false, semconv_names: false };
        let mistakes = NameViolations::of(name, *kind, declaration.unit(), rules);
        let messages: Vec<_> = mistakes.messages().map(|(_, message)| message).collect();
        let mut found = declaration.mistakes();
        found.retain(|rule| !["U1", "I5"].contains(rule));
        prop_assert_eq!(messages.is_empty(), found.is_empty(), "{:?}, {:?}", messages, found);
        prop_assert!(messages.len() <= found.len(), "{messages:?}, {found:?}");
        prop_assert!(messages.iter().all(is_problem_and_remedy), "{messages:?}");
    }

    #[test]
    fn of_units(unit in prop_oneof!["[a-zA-Z%1/{}]{0,6}", any::<String>()], keeps_units: bool) {
        if let Err(violation) = parse_unit(&unit) {
            let message = violation.message(&unit, keeps_units);
            prop_assert!(is_problem_and_remedy(&message), "{message}");
        }
    }

    #[test]
    fn of_buckets(boundaries in vec(any::<f64>(), 0..4)) {
        if let Some(violation) = check_buckets(&boundaries, Some("s")) {
            let message = violation.message(&boundaries);
            prop_assert!(is_problem_and_remedy(&message), "{message}");
        }
    }
}
