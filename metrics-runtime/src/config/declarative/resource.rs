//! `resource`: the attributes of the resource, with their types.

use std::collections::HashSet;

use crate::config::{
    MetricsConfig, ResourceValue, error::InvalidValue, list, section::Section, tree::Value,
};

pub(super) fn read(mut section: Section<'_>, config: &mut MetricsConfig) {
    let attributes = section.tables("attributes", "a list of attributes".into());
    let listed = section.text("attributes_list", list::attributes).unwrap_or_default();
    for (name, value) in listed {
        add(config, name, value.into());
    }
    let mut names = HashSet::new();
    for attribute in attributes {
        if let Some((name, value)) = read_attribute(attribute, &mut names) {
            add(config, name, value);
        }
    }
    if let Some(url) = section.text("schema_url", schema_url) {
        config.resource_schema_url = Some(url);
    }
    // The runtime has no detector. Each is refused by its name.
    let mut detection = section.section("detection/development").without(&["attributes"]);
    for detector in detection.tables("detectors", "a list of detectors".into()) {
        detector.refuse_all();
    }
}

/// Adds an attribute, of which the configuration keeps the name of the service by itself.
fn add(config: &mut MetricsConfig, name: String, value: ResourceValue) {
    match value.as_str() {
        Some("") if name == SERVICE_NAME => {}
        Some(service) if name == SERVICE_NAME => config.service_name = Some(service.to_owned()),
        _ => {
            config.resource.insert(name, value);
        }
    }
}

const SERVICE_NAME: &str = "service.name";

/// An attribute. A value of `null` leaves it out.
fn read_attribute(
    mut section: Section<'_>,
    names: &mut HashSet<String>,
) -> Option<(String, ResourceValue)> {
    let name = section.required_text("name", |text| {
        if text.is_empty() || names.contains(text) {
            return Err("a name that is not empty, and that no other entry has".into());
        }
        Ok(text.to_owned())
    });
    names.extend(name.clone());
    let kind = if section.has("type") {
        section.text("type", kind)
    } else {
        Some(Kind { of: Scalar::Text, is_array: false })
    };
    // A type that is not known says nothing about the value.
    let Some(kind) = kind else {
        section.skip();
        return None;
    };
    let is_service = name.as_ref().is_some_and(|name| name.starts_with("service."));
    let value = section.value("value", |value| match kind.value(value) {
        Some(value) if is_service && value.as_str().is_none() => {
            Err("a text, as for every attribute that begins with `service.`".into())
        }
        Some(value) => Ok(value),
        None => Err(kind.expected().into()),
    });
    Some((name?, value?))
}

fn schema_url(text: &str) -> Result<String, InvalidValue> {
    let is_url = text.starts_with("http://") || text.starts_with("https://");
    if is_url && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a URL, such as `https://opentelemetry.io/schemas/1.37.0`".into())
    }
}

#[derive(Clone, Copy)]
enum Scalar {
    Text,
    Bool,
    Int,
    Double,
}

/// The type of an attribute.
#[derive(Clone, Copy)]
struct Kind {
    of: Scalar,
    is_array: bool,
}

fn kind(text: &str) -> Result<Kind, InvalidValue> {
    let (scalar, is_array) = text.strip_suffix("_array").map_or((text, false), |of| (of, true));
    let of = match scalar {
        "string" => Scalar::Text,
        "bool" => Scalar::Bool,
        "int" => Scalar::Int,
        "double" => Scalar::Double,
        _ => {
            return Err("`string`, `bool`, `int`, `double`, `string_array`, `bool_array`, `int_array` or `double_array`".into());
        }
    };
    Ok(Kind { of, is_array })
}

impl Kind {
    /// The value, if it has the type.
    fn value(self, value: &Value) -> Option<ResourceValue> {
        if !self.is_array {
            return Some(match self.of {
                Scalar::Text => ResourceValue::Text(text(value)?),
                Scalar::Bool => ResourceValue::Bool(boolean(value)?),
                Scalar::Int => ResourceValue::Int(int(value)?),
                Scalar::Double => ResourceValue::Double(double(value)?),
            });
        }
        let Value::List(values) = value else { return None };
        Some(match self.of {
            Scalar::Text => ResourceValue::Texts(all(values, text)?),
            Scalar::Bool => ResourceValue::Bools(all(values, boolean)?),
            Scalar::Int => ResourceValue::Ints(all(values, int)?),
            Scalar::Double => ResourceValue::Doubles(all(values, double)?),
        })
    }

    const fn expected(self) -> &'static str {
        match (self.of, self.is_array) {
            (Scalar::Text, false) => "a text; the `type` of other values is given beside them",
            (Scalar::Bool, false) => "`true` or `false`",
            (Scalar::Int, false) => "a whole number of 64 bits",
            (Scalar::Double, false) => "a finite number",
            (Scalar::Text, true) => "a list of texts",
            (Scalar::Bool, true) => "a list of `true` and `false`",
            (Scalar::Int, true) => "a list of whole numbers of 64 bits",
            (Scalar::Double, true) => "a list of finite numbers",
        }
    }
}

fn all<T>(values: &[Value], parse: fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let parsed: Option<Vec<_>> = values.iter().map(parse).collect();
    parsed.filter(|values| !values.is_empty())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match *value {
        Value::Bool(value) => Some(value),
        _ => None,
    }
}

fn int(value: &Value) -> Option<i64> {
    match *value {
        Value::Integer(number) => i64::try_from(number).ok(),
        _ => None,
    }
}

fn double(value: &Value) -> Option<f64> {
    match *value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) if number.is_finite() => Some(number),
        _ => None,
    }
}
