//! The key `constant_labels(key = "value", …)` of metric sets.

use osapi_metrics_rules::{explain_constant_key, explain_constant_labels, explain_constant_value};
use proc_macro2::{Span, TokenStream};
use syn::{Ident, LitStr, Token, ext::IdentExt, parse::ParseStream, parse::Parser};

use super::{
    entries::Entries,
    entry::{Value, until_comma},
    errors::Errors,
};

/// A label that all series of a set have.
pub(crate) struct ConstantLabel {
    pub(crate) key: String,
    pub(crate) value: String,
    /// The place of the key.
    pub(crate) span: Span,
}

/// Reads `constant_labels(…)`, and leaves labels with a mistake out (rule L7).
pub(crate) fn constant_labels(entries: &Entries, errors: &mut Errors) -> Vec<ConstantLabel> {
    let Some(entry) = entries.get("constant_labels") else { return Vec::new() };
    let missing = "the constant labels are missing; write `constant_labels(tier = \"batch\")`";
    let Value::List(tokens) = &entry.value else {
        errors.report_on(entry.written(), missing);
        return Vec::new();
    };
    if report_other_keys(tokens, errors) {
        return Vec::new();
    }
    let inside = Entries::inside(tokens.clone(), "tier", errors);
    if inside.is_empty() {
        errors.report(entry.key.span(), missing);
    }
    if let Some(mistake) = explain_constant_labels(inside.entries.len()) {
        errors.report(entry.key.span(), mistake);
        return Vec::new();
    }
    let keys: Vec<_> = inside.entries.iter().map(|entry| entry.key.unraw().to_string()).collect();
    inside.check_keys(&keys.iter().map(String::as_str).collect::<Vec<_>>(), errors);
    let first_uses = keys.iter().enumerate().filter(|(at, key)| !keys[..*at].contains(key));
    first_uses.filter_map(|(_, key)| label(&inside, key, errors)).collect()
}

/// Reads the first label of this key.
fn label(entries: &Entries, key: &str, errors: &mut Errors) -> Option<ConstantLabel> {
    let entry = entries.get(key)?;
    let span = entry.key.span();
    let of_key = explain_constant_key(key);
    if let Some(mistake) = &of_key {
        errors.report(span, mistake);
    }
    if matches!(entry.value, Value::Flag | Value::List(_)) {
        let value = entry.quoted().unwrap_or_else(|| "\"…\"".to_owned());
        let message = format!("the value of the label is missing; write `{key} = {value}`");
        errors.report(span, message);
        return None;
    }
    let value = entries.text(key, errors)?;
    if let Some(mistake) = explain_constant_value(&value.value) {
        errors.report(value.span, mistake);
        return None;
    }
    let is_valid = of_key.is_none();
    is_valid.then(|| ConstantLabel { key: key.to_owned(), value: value.value, span })
}

/// Reports keys in quotes and with dots, which are keys of OpenTelemetry's attributes. Returns
/// whether there are some.
fn report_other_keys(tokens: &TokenStream, errors: &mut Errors) -> bool {
    let mut found = false;
    let report = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Ok((key, span)) = other_key(&input.fork()) {
                let key = key.replace('.', "_");
                let message = format!(
                    "the key of a constant label is a word without dots and quotes; write `{key} \
                     = \"…\"`"
                );
                errors.report(span, message);
                found = true;
            }
            until_comma(input)?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    // Tokens in any order are read.
    let _ = report.parse2(tokens.clone());
    found
}

/// A key in quotes in front of `=`, or with dots.
fn other_key(input: ParseStream<'_>) -> syn::Result<(String, Span)> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok((text.value(), text.span()));
    }
    let first = Ident::parse_any(input)?;
    let mut key = first.unraw().to_string();
    input.parse::<Token![.]>()?;
    key = format!("{key}.{}", Ident::parse_any(input)?.unraw());
    while input.parse::<Option<Token![.]>>()?.is_some() {
        key = format!("{key}.{}", Ident::parse_any(input)?.unraw());
    }
    Ok((key, first.span()))
}
