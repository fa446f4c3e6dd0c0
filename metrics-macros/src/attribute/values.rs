//! The values of keys, each by the type that the key takes.

use proc_macro2::Span;
use syn::{
    Expr, ExprLit, Ident, Lit, Path, Token, parse::Parser, punctuated::Punctuated, spanned::Spanned,
};

use super::{
    entries::Entries,
    entry::{Value, quoted},
    errors::Errors,
    keys::unknown,
};

/// A text of the user with its span.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

/// A text, or what gives it: a constant or another macro, such as `concat!`, which only the
/// compiler can read.
#[derive(Clone)]
pub(crate) enum GivenText {
    Literal(Text),
    Constant(Expr),
}

impl GivenText {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Literal(text) => text.span,
            Self::Constant(constant) => constant.span(),
        }
    }

    /// The text, unless only the compiler can read it.
    pub(crate) fn literal(&self) -> Option<&Text> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Constant(_) => None,
        }
    }
}

/// A number of at least 1. Only the compiler can check this of a constant.
#[derive(Clone)]
pub(crate) enum Count {
    Literal(usize),
    Constant(Path),
}

impl Entries {
    /// Whether a key that takes text has a value of another type, which has been reported.
    pub(crate) fn is_no_text(&self, key: &str) -> bool {
        let is_text = |value: &Value| {
            matches!(value, Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(_), .. })))
        };
        self.get(key).is_some_and(|entry| !is_text(&entry.value))
    }

    /// `key = "text"`
    pub(crate) fn text(&self, key: &str, errors: &mut Errors) -> Option<Text> {
        let entry = self.get(key)?;
        if let Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) = &entry.value
            && text.suffix().is_empty()
        {
            return Some(Text { value: text.value(), span: text.span() });
        }
        let text = entry.quoted().unwrap_or_else(|| "\"…\"".to_owned());
        let message = match &entry.value {
            Value::Assigned(Expr::Path(path)) if is_constant(&path.path) => {
                format!("what a constant holds is not known here; write `{key} = \"…\"`")
            }
            Value::Assigned(Expr::Macro(_)) => {
                format!("what another macro makes is not known here; write `{key} = \"…\"`")
            }
            _ => format!("`{key}` takes text in quotes; write `{key} = {text}`"),
        };
        errors.report_on(entry.written(), message);
        None
    }

    /// `key = "text"`, `key = TEXT` or `key = concat!("te", "xt")`. A path in another case is most
    /// likely text without quotes.
    pub(crate) fn given_text(&self, key: &str, errors: &mut Errors) -> Option<GivenText> {
        if let Value::Assigned(value) = &self.get(key)?.value
            && is_constant_text(value)
        {
            return Some(GivenText::Constant(value.clone()));
        }
        self.text(key, errors).map(GivenText::Literal)
    }

    /// `key = 100`, or the path of a constant.
    pub(crate) fn count(&self, key: &str, errors: &mut Errors) -> Option<Count> {
        let entry = self.get(key)?;
        let mut example = "100";
        match &entry.value {
            Value::Assigned(Expr::Lit(ExprLit { lit: Lit::Int(count), .. })) => {
                let value = count.base10_parse().ok().filter(|value| *value > 0);
                match value {
                    Some(value) if count.suffix().is_empty() => return Some(Count::Literal(value)),
                    Some(_) => example = count.base10_digits(),
                    None => {}
                }
            }
            Value::Assigned(Expr::Path(path)) if path.qself.is_none() => {
                return Some(Count::Constant(path.path.clone()));
            }
            _ => {}
        }
        errors.report_on(
            entry.written(),
            format!("`{key}` takes a number of at least 1; write `{key} = {example}`"),
        );
        None
    }

    /// `key = one::path`
    pub(crate) fn path(&self, key: &str, example: &str, errors: &mut Errors) -> Option<Path> {
        let entry = self.get(key)?;
        if let Value::Assigned(Expr::Path(path)) = &entry.value
            && path.qself.is_none()
        {
            return Some(path.path.clone());
        }
        errors.report_on(
            entry.written(),
            format!("`{key}` takes the path of a type; write `{key} = {example}`"),
        );
        None
    }

    /// `key = expression`
    pub(crate) fn expression(
        &self,
        key: &str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<&Expr> {
        let entry = self.get(key)?;
        if let Value::Assigned(expression) = &entry.value {
            return Some(expression);
        }
        errors.report_on(entry.written(), format!("a value is missing; write `{key} = {example}`"));
        None
    }

    /// `key`, without a value.
    pub(crate) fn flag(&self, key: &str, errors: &mut Errors) -> bool {
        let Some(entry) = self.get(key) else { return false };
        if !matches!(entry.value, Value::Flag) {
            let message = format!("`{key}` takes no value; write `{key}`, or leave it out");
            errors.report_on(entry.written(), message);
        }
        true
    }

    /// `key(one, of, these)`
    pub(crate) fn words(&self, key: &str, known: &[&str], errors: &mut Errors) -> Vec<String> {
        let Some(entry) = self.get(key) else { return Vec::new() };
        let Value::List(tokens) = &entry.value else {
            let given = entry.quoted().map(|text| text.trim_matches('"').to_owned());
            let given = given.filter(|given| known.contains(&given.as_str()));
            let list = given.unwrap_or_else(|| known.join(", "));
            let message = format!("`{key}` takes a list; write `{key}({list})`");
            errors.report_on(entry.written(), message);
            return Vec::new();
        };
        let written = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
        let written = written.unwrap_or_else(|error| {
            errors.push(error);
            Punctuated::new()
        });
        written.iter().filter_map(|word| read_word(word, key, known, errors)).collect()
    }
}

/// One word of a list. A word in quotes is reported, and read if it is one of the known words.
fn read_word(word: &Expr, key: &str, known: &[&str], errors: &mut Errors) -> Option<String> {
    if let Expr::Path(path) = word {
        let word = path.path.get_ident().map(Ident::to_string).unwrap_or_default();
        if !known.contains(&word.as_str()) {
            errors.report_on(path, unknown("word", &word, known));
        }
        return Some(word);
    }
    let meant = quoted(word).map(|text| text.trim_matches('"').to_owned());
    let meant = meant.filter(|meant| known.contains(&meant.as_str()));
    let list = meant.clone().unwrap_or_else(|| known.join(", "));
    errors.report_on(word, format!("`{key}` takes words without quotes; write `{key}({list})`"));
    meant
}

/// Whether a value is written like a constant, or is that of another macro.
fn is_constant_text(value: &Expr) -> bool {
    match value {
        Expr::Path(path) => is_constant(&path.path),
        Expr::Macro(_) => true,
        _ => false,
    }
}

/// Whether a path begins to be written like the path of a constant: an editor that completes a name
/// appends letters to what is written.
pub(super) fn is_constant(path: &Path) -> bool {
    let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    !name.starts_with(|c: char| c.is_lowercase())
}
