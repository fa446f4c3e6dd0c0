//! The proposals of diagnostics: a proposal follows the rules, and has no further proposal.

use osapi_metrics_rules::{
    check_base_unit, check_grammar, check_label_key, check_prefix, check_suffix,
    check_unit_in_name, check_words, explain_label_key, nearest_unit, parse_unit, propose,
    propose_unit,
};
use proptest::prelude::*;

use crate::declarations::{Declaration, accepted, declaration};

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn nothing_is_proposed_for_what_keeps_the_rules(declaration in accepted()) {
        let Declaration { name, prefix, kind, .. } = &declaration;
        for keeps_units in [false, true] {
            let proposal = propose(name, prefix, *kind, declaration.unit(), keeps_units);
            prop_assert!(proposal.is_none(), "{proposal:?}");
        }
    }

    #[test]
    fn what_is_proposed_keeps_the_rules(declaration in declaration(), keeps_units: bool) {
        let Declaration { name, prefix, kind, .. } = &declaration;
        let declared = declaration.unit();
        let Some(proposal) = propose(name, prefix, *kind, declared, keeps_units) else {
            return Ok(());
        };
        let (name, unit) = (proposal.name(), proposal.unit().or(declared));
        prop_assert!(unit.is_none_or(|unit| parse_unit(unit).is_ok()), "{unit:?}");
        prop_assert_eq!(check_grammar(name), None, "{}", name);
        prop_assert_eq!(check_prefix(name, prefix), None, "{}", name);
        prop_assert_eq!(check_suffix(name, *kind), None, "{}", name);
        prop_assert_eq!(check_unit_in_name(name, *kind, unit), None, "{}", name);
        prop_assert_eq!(check_words(name), None, "{}", name);
        if !keeps_units {
            prop_assert_eq!(check_base_unit(name, unit), None, "{}", name);
        }
        let again = propose(name, prefix, *kind, unit, keeps_units);
        prop_assert!(again.is_none(), "{name} with {unit:?}: {again:?}");
    }

    /// A proposal that repeats the declaration would not help the reader.
    #[test]
    fn what_is_proposed_is_another_declaration(declaration in declaration(), keeps_units: bool) {
        let Declaration { name, prefix, kind, .. } = &declaration;
        if let Some(proposal) = propose(name, prefix, *kind, declaration.unit(), keeps_units) {
            let unit = proposal.unit().or(declaration.unit());
            prop_assert!(proposal.name() != name || unit != declaration.unit());
        }
    }

    #[test]
    fn what_is_proposed_for_a_unit_is_one(
        unit in prop_oneof!["[a-zA-Z%1/{}]{0,12}", any::<String>()],
        keeps_units: bool,
    ) {
        if let Some(proposed) = propose_unit(&unit, keeps_units) {
            let proposed = proposed.as_str();
            prop_assert!(parse_unit(proposed).is_ok(), "{proposed}");
            let again = propose_unit(proposed, keeps_units);
            prop_assert!(again.is_none(), "{proposed}: {again:?}");
        }
    }

    #[test]
    fn what_is_proposed_for_a_label_key_is_one(key: String) {
        let message = explain_label_key(&key, false);
        prop_assert_eq!(message.is_some(), check_label_key(&key).is_some());
        let proposed = message.as_ref().and_then(|message| message.as_str().split_once(": `"));
        if let Some((_, proposed)) = proposed {
            let proposed = proposed.trim_end_matches('`');
            prop_assert_eq!(check_label_key(proposed), None, "{}", proposed);
        }
    }

    #[test]
    fn the_nearest_unit_is_one(code in "[a-zA-Z%1/]{0,12}") {
        if let Some(unit) = nearest_unit(&code) {
            prop_assert!(parse_unit(unit.ucum).is_ok());
        }
    }
}
