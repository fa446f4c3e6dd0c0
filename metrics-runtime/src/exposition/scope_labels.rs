use crate::{
    collection::label_text,
    core::{
        snapshot::{Scope, sanitize},
        storage::AttributeRef,
    },
};

const NAME: &str = "otel_scope_name";
const VERSION: &str = "otel_scope_version";
const SCHEMA_URL: &str = "otel_scope_schema_url";
const ATTRIBUTE: &str = "otel_scope_";

/// The labels that show the scope of a metric, as OpenTelemetry specifies them; none if the scope
/// is not shown.
#[derive(Debug, Default)]
pub(super) struct ScopeEntries(Vec<(String, String)>);

impl ScopeEntries {
    /// The labels of a scope. An attribute that would have the key of one of the other parts is
    /// left out.
    pub(super) fn of(scope: &Scope) -> Self {
        let parts = [
            (NAME, Some(&*scope.name)),
            (VERSION, scope.version.as_deref()),
            (SCHEMA_URL, scope.schema_url.as_deref()),
        ];
        let parts =
            parts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into())));
        let attributes = scope.attributes.iter().map(|(key, value)| {
            (format!("{ATTRIBUTE}{key}"), label_text(AttributeRef::Other(value)).into_owned())
        });
        let is_free = |(key, _): &(String, String)| {
            let key = sanitize(key);
            ![NAME, VERSION, SCHEMA_URL].contains(&&*key)
        };
        Self(parts.chain(attributes.filter(is_free)).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, text)| (&**key, &**text))
    }
}
