use crate::core::storage::AttributeValue;

/// The attributes of the entity that is measured: the service, its version, its host. Sorted by
/// key.
#[derive(Debug, Default)]
pub(crate) struct Resource {
    pub(crate) attributes: Vec<(Box<str>, AttributeValue)>,
    /// The URL of the schema of the attributes.
    pub(crate) schema_url: Option<Box<str>>,
}
