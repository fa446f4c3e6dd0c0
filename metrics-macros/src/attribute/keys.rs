use osapi_metrics_rules::similar::nearest;
use syn::ext::IdentExt;

use super::{entries::Entries, entry::Entry, errors::Errors};

impl Entries {
    /// Reports unknown keys and keys that are given twice.
    pub(crate) fn check_keys(&self, known: &[&str], errors: &mut Errors) {
        self.check_placed_keys(known, &[], errors);
    }

    /// Reports unknown keys, keys that are given twice, and keys that belong on another item, each
    /// of which has a message of its own in `misplaced`.
    pub(crate) fn check_placed_keys(
        &self,
        known: &[&str],
        misplaced: &[(&str, &str)],
        errors: &mut Errors,
    ) {
        for (i, Entry { key, .. }) in self.entries.iter().enumerate() {
            let name = key.unraw().to_string();
            if let Some((_, message)) = misplaced.iter().find(|(key, _)| *key == name) {
                errors.report(key.span(), message);
            } else if !known.contains(&name.as_str()) {
                errors.report(key.span(), unknown("key", &name, known));
            } else if let Some(first) = self.entries[..i].iter().find(|entry| entry.key == *key) {
                errors.report(
                    first.key.span(),
                    format!("`{name}` is given twice, here first; remove one of them"),
                );
                errors.report(
                    key.span(),
                    format!("`{name}` is given twice, here again; remove one of them"),
                );
            }
        }
    }

    /// Whether an unknown key is present, which may stand for a key that is missing.
    pub(crate) fn has_unknown(&self, known: &[&str]) -> bool {
        self.entries.iter().any(|entry| !known.iter().any(|known| entry.key.unraw() == known))
    }

    /// Whether a key is missing because of a mistake that has been reported: it is misspelt, or a
    /// part of the attribute is unreadable.
    pub(crate) fn misses(&self, key: &str, known: &[&str]) -> bool {
        let names = self.entries.iter().map(|entry| entry.key.unraw().to_string());
        let mut unknown = names.filter(|name| !known.contains(&name.as_str()));
        self.get(key).is_none()
            && (self.incomplete || unknown.any(|name| meant(&name, known) == Some(key)))
    }
}

/// Names of other libraries for a key, with the key of this library. If a name has several keys,
/// the first key that is known at this place is meant.
const ALIASES: [(&str, &str); 124] = [
    ("about", "description"),
    ("absent", "absent_until"),
    ("alert", "warning"),
    ("alias", "renamed_from"),
    ("benign", "ok_if"),
    ("benign_if", "ok_if"),
    ("boundaries", "buckets"),
    ("bounds", "buckets"),
    ("cancel_if", "cancelled_if"),
    ("canceled_if", "cancelled_if"),
    ("cardinality", "max"),
    ("cardinality", "max_series"),
    ("class", "error_type"),
    ("common_labels", "constant_labels"),
    ("const_labels", "constant_labels"),
    ("created_at", "queued_at"),
    ("crit", "critical"),
    ("default", "other"),
    ("deprecated", "renamed_from"),
    ("default_labels", "constant_labels"),
    ("desc", "description"),
    ("doc", "description"),
    ("docs", "runbook"),
    ("duration", "lasting"),
    ("during", "lasting"),
    ("empty_until", "absent_until"),
    ("enqueued_at", "queued_at"),
    ("err", "error_type"),
    ("error", "error_type"),
    ("error", "critical"),
    ("event", "on"),
    ("events", "on"),
    ("exceeds", "above"),
    ("exclude", "skip"),
    ("expected", "benign"),
    ("fallback", "other"),
    ("follows", "on"),
    ("flat", "group"),
    ("flatten", "group"),
    ("for", "lasting"),
    ("formerly", "renamed_from"),
    ("fresh", "stale_after"),
    ("freshness", "stale_after"),
    ("ge", "at_least"),
    ("greater_than", "above"),
    ("gt", "above"),
    ("gte", "at_least"),
    ("help", "description"),
    ("ignore", "benign"),
    ("ignore", "skip"),
    ("ignored", "benign"),
    ("job_name", "name"),
    ("key", "rename"),
    ("krate", "crate"),
    ("last", "recent"),
    ("le", "at_most"),
    ("less_than", "below"),
    ("limit", "max"),
    ("limit", "max_series"),
    ("lt", "below"),
    ("lte", "at_most"),
    ("max", "at_most"),
    ("max_age", "stale_after"),
    ("max_cardinality", "max_series"),
    ("max_values", "max"),
    ("maximum", "at_most"),
    ("metric_set", "metrics"),
    ("min", "at_least"),
    ("min_count", "min_events"),
    ("min_jobs", "min_events"),
    ("min_requests", "min_events"),
    ("min_samples", "min_events"),
    ("min_traffic", "min_events"),
    ("minimum", "at_least"),
    ("minimum", "min_events"),
    ("more_than", "above"),
    ("name", "key"),
    ("name", "rename"),
    ("namespace", "prefix"),
    ("namespace", "group"),
    ("nested", "group"),
    ("objective", "slo"),
    ("ok", "benign"),
    ("ok_when", "ok_if"),
    ("old_name", "renamed_from"),
    ("only_if", "absent_until"),
    ("over", "above"),
    ("p", "quantile"),
    ("page", "critical"),
    ("path", "crate"),
    ("pending", "lasting"),
    ("pending_for", "lasting"),
    ("percentile", "quantile"),
    ("playbook", "runbook"),
    ("previous_name", "renamed_from"),
    ("previously", "renamed_from"),
    ("q", "quantile"),
    ("rename", "key"),
    ("rename", "name"),
    ("replaces", "renamed_from"),
    ("retry", "attempt"),
    ("runbook_url", "runbook"),
    ("set", "metrics"),
    ("size", "output_size"),
    ("skipped", "skip"),
    ("source", "transparent"),
    ("stale", "stale_after"),
    ("static_labels", "constant_labels"),
    ("subset", "group"),
    ("subsystem", "prefix"),
    ("subsystem", "group"),
    ("success_if", "ok_if"),
    ("text", "description"),
    ("threshold", "latency"),
    ("threshold", "warning"),
    ("ticket", "warning"),
    ("under", "below"),
    ("unknown", "other"),
    ("until", "absent_until"),
    ("value", "rename"),
    ("value", "above"),
    ("warn", "warning"),
    ("was", "renamed_from"),
    ("when", "on"),
];

/// The message about an unknown word: the word that was probably meant, and the list of all known
/// words.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let meant =
        meant(given, known).map_or_else(String::new, |known| format!("did you mean `{known}`? "));
    let verb = if known.len() == 1 { "is" } else { "are" };
    let list: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
    format!("unknown {what} `{given}`; {meant}known {verb} {}", list.join(", "))
}

/// The known word that an unknown word most likely means: its alias or the nearest word.
fn meant<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    alias(given, known).or_else(|| nearest(given, known.iter().copied()))
}

fn alias<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut meanings = ALIASES.iter().filter(|(alias, _)| *alias == given);
    meanings.find_map(|(_, meaning)| known.iter().find(|known| *known == meaning)).copied()
}
