use osapi_metrics_rules::{NameRules, explain_prefix};
use syn::{Expr, Path, Type, parse_quote};

use crate::attribute::{
    ConstantLabel, Entries, Errors, GivenText, Roles, Text, constant_labels, job_labels, roles,
    scope_labels,
};

/// The keys of the struct.
pub(super) const SET_KEYS: [&str; 9] =
    ["prefix", "allow", "job", "roles", "scope", "constant_labels", "runbook", "group", "crate"];

/// The keys of the struct that fit a group.
pub(super) const GROUP_KEYS: [&str; 3] = ["group", "allow", "crate"];

/// The settings of a set that apply to all of its metrics.
pub(super) struct SetRules {
    /// Whether the struct is a group, whose names get their beginning from the sets that use it.
    pub(super) is_group: bool,
    pub(super) prefix: Prefix,
    pub(super) non_base_units: bool,
    pub(super) semconv_names: bool,
    pub(super) recorded: Recorded,
    /// The type of the labels of the jobs, unless it is invalid.
    pub(super) job_labels: Option<Type>,
    /// The roles, unless the key is invalid.
    pub(super) roles: Option<Roles>,
    /// The type of the labels that each instance has, unless it is invalid.
    pub(super) scope: Option<Path>,
    /// The labels that all series have, without those that are invalid.
    pub(super) constant_labels: Vec<ConstantLabel>,
}

/// What a set records by itself, and so what the words after `on` are.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Recorded {
    JobEvents,
    Roles,
    Nothing,
    /// A mistake that has been reported leaves it open: both keys are given, or one is misspelt.
    Unclear,
}

impl Recorded {
    fn of(entries: &Entries, errors: &mut Errors) -> Self {
        match (entries.get("job"), entries.get("roles")) {
            (Some(_), Some(roles)) => {
                errors.report(
                    roles.key.span(),
                    "a set records the events of jobs or the roles of an instrumentation; declare \
                     a set for each",
                );
                Self::Unclear
            }
            (Some(_), None) => Self::JobEvents,
            (None, Some(_)) => Self::Roles,
            (None, None) if ["job", "roles"].iter().any(|key| entries.misses(key, &SET_KEYS)) => {
                Self::Unclear
            }
            (None, None) => Self::Nothing,
        }
    }
}

impl SetRules {
    /// Reads `allow(…)`, and `group`, or `job(…)`, `roles(…)`, `scope(…)`, `constant_labels(…)` and
    /// `prefix = …`.
    pub(super) fn of(entries: &Entries, errors: &mut Errors) -> Self {
        let allowed = entries.words("allow", &["non_base_units", "semconv_names"], errors);
        let non_base_units = allowed.iter().any(|word| word == "non_base_units");
        let semconv_names = allowed.iter().any(|word| word == "semconv_names");
        let is_group = entries.flag("group", errors);
        if is_group {
            return Self {
                is_group,
                prefix: Prefix::Literal(String::new()),
                non_base_units,
                semconv_names,
                recorded: Recorded::Nothing,
                job_labels: None,
                roles: None,
                scope: None,
                constant_labels: Vec::new(),
            };
        }
        let job_labels = job_labels(entries, errors).map(|path| parse_quote!(#path));
        let roles = roles(entries, errors);
        Self {
            is_group,
            prefix: Prefix::of(entries, errors),
            non_base_units,
            semconv_names,
            recorded: Recorded::of(entries, errors),
            scope: scope(entries, errors),
            constant_labels: constant_labels(entries, errors),
            job_labels,
            roles,
        }
    }

    /// The rules for names.
    pub(super) fn of_names(&self) -> NameRules<'_> {
        NameRules {
            prefix: self.prefix.known().unwrap_or_default(),
            non_base_units: self.non_base_units,
            semconv_names: self.semconv_names,
        }
    }
}

/// Reads `scope(labels = …)`, which is for sets that only code of the program records.
fn scope(entries: &Entries, errors: &mut Errors) -> Option<Path> {
    let labels = scope_labels(entries, errors);
    let recorded = entries.get("job").or_else(|| entries.get("roles"));
    if let (Some(scope), Some(recorded)) = (entries.get("scope"), recorded) {
        let message = format!(
            "jobs and instrumentations record in the one instance that `global` returns, and a set \
             with `scope` has several; remove `{}`, and declare a set of its own for it",
            recorded.key
        );
        errors.report(scope.key.span(), message);
        return None;
    }
    labels
}

/// The prefix of all names of a set.
pub(super) enum Prefix {
    Literal(String),
    /// A constant, so that only the compiler can check the names.
    Constant(Expr),
}

impl Prefix {
    /// Reads `prefix = "…"` or a constant, or returns the default prefix. An invalid prefix is
    /// reported here once and not checked again in the name of each field.
    fn of(entries: &Entries, errors: &mut Errors) -> Self {
        let Text { value, span } = match entries.given_text("prefix", errors) {
            None => return Self::Literal("osapi".to_owned()),
            Some(GivenText::Constant(prefix)) => return Self::Constant(prefix),
            Some(GivenText::Literal(prefix)) => prefix,
        };
        let Some(message) = explain_prefix(&value) else { return Self::Literal(value) };
        errors.report(span, message);
        Self::Literal(String::new())
    }

    /// The prefix, unless it is a constant.
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Self::Literal(prefix) => Some(prefix),
            Self::Constant(_) => None,
        }
    }
}
