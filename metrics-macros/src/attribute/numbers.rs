//! Numbers and lengths of time, as literals.

use std::time::Duration;

use quote::ToTokens;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use super::{
    entries::Entries,
    entry::Value,
    errors::Errors,
    values::{Text, is_constant},
};

/// The number that a literal without suffix is, which may be negative.
pub(crate) fn number(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
            number.base10_parse().ok()
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) if number.suffix().is_empty() => {
            number.base10_parse().ok()
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|n| -n),
        // A `$number` of a `macro_rules!` macro arrives in invisible delimiters.
        Expr::Group(group) => number(&group.expr),
        _ => None,
    }
}

/// The digits of a number with a suffix such as `ms`.
pub(crate) fn digits_before_suffix(expression: &Expr) -> Option<String> {
    let (digits, suffix) = match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            (number.base10_digits(), number.suffix())
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
            (number.base10_digits(), number.suffix())
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            return digits_before_suffix(expr).map(|digits| format!("-{digits}"));
        }
        _ => return None,
    };
    (!suffix.is_empty()).then(|| digits.to_owned())
}

impl Entries {
    /// `key = 0.8`: a literal, which may be negative.
    pub(crate) fn number(&self, key: &str, example: &str, errors: &mut Errors) -> Option<f64> {
        let entry = self.get(key)?;
        let mut remedy = example.to_owned();
        if let Value::Assigned(expression) = &entry.value {
            if let Some(number) = number(expression) {
                return Some(number);
            }
            match expression {
                Expr::Path(path) if is_constant(&path.path) => {
                    errors.report_on(
                        expression,
                        format!(
                            "what a constant holds is not known here; write `{key} = {example}`"
                        ),
                    );
                    return None;
                }
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                    let text = text.value();
                    remedy = text.parse().map_or(remedy, |_: f64| text);
                }
                _ => remedy = digits_before_suffix(expression).unwrap_or(remedy),
            }
        }
        errors.report_on(
            entry.written(),
            format!("`{key}` takes a number; write `{key} = {remedy}`"),
        );
        None
    }

    /// `key = "1m 30s"`. `what` is the noun of a message about a number without unit.
    pub(crate) fn duration(
        &self,
        key: &str,
        what: &str,
        errors: &mut Errors,
    ) -> Option<(Duration, Text)> {
        if let Some(Value::Assigned(Expr::Lit(
            seconds @ ExprLit { lit: Lit::Int(_) | Lit::Float(_), .. },
        ))) = self.get(key).map(|entry| &entry.value)
        {
            let message = format!(
                "{what} is a number with its unit, in quotes; write `{key} = \"{}s\"`",
                seconds.to_token_stream()
            );
            errors.report_on(seconds, message);
            return None;
        }
        let written = self.text(key, errors)?;
        match humantime::parse_duration(&written.value) {
            Ok(duration) => Some((duration, written)),
            Err(_) => {
                errors.report(written.span, no_duration(&written.value));
                None
            }
        }
    }
}

/// The message about a text that is not a length of time.
pub(crate) fn no_duration(text: &str) -> String {
    format!(
        "`{text}` is no length of time; give a number with its unit, such as `5s`, `500ms` or \
         `1m 30s`"
    )
}
