/// The value of an attribute of the resource.
///
/// ```
/// use osapi_metrics::config::{MetricsConfig, ResourceValue};
///
/// let mut config = MetricsConfig::default();
/// config.resource.insert("deployment.environment.name".to_owned(), "test".into());
/// config.resource.insert("host.cpus".to_owned(), 8.into());
/// assert_eq!(config.resource["host.cpus"], ResourceValue::Int(8));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceValue {
    /// A text.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// Texts.
    Texts(Vec<String>),
    /// Several of `true` and `false`.
    Bools(Vec<bool>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Numbers.
    Doubles(Vec<f64>),
}

impl ResourceValue {
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl PartialEq<&str> for ResourceValue {
    fn eq(&self, text: &&str) -> bool {
        self.as_str() == Some(text)
    }
}

impl From<&str> for ResourceValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ResourceValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for ResourceValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for ResourceValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for ResourceValue {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}
