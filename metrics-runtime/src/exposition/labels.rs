use std::borrow::Cow;

use super::scope_labels::ScopeEntries;
use crate::{
    collection::label_text,
    core::{
        snapshot::{Resource, sanitize},
        storage::{AttributeRef, ExemplarLabels},
    },
};

/// The labels of one series as they are rendered between the braces: sanitised keys in order, and
/// escaped values. Series are compared and sorted by this text.
///
/// The label with the state of a state set is the last one, so that the states of one thing stand
/// together, as `OpenMetrics` wants them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labels(String);

impl Labels {
    /// The attributes of a series, the constant ones among them, with those of its scope. The
    /// format itself uses the keys in `reserved`; such a key is shown as `exported_…`, as
    /// Prometheus itself does when a label is taken. The label `last` comes behind all others.
    ///
    /// Keys that are equal after sanitising have their values joined with `;` in the order of the
    /// original keys, as OpenTelemetry specifies.
    pub(super) fn of_series<'a>(
        attributes: impl Iterator<Item = (&'a str, AttributeRef<'a>)>,
        scope: &'a ScopeEntries,
        reserved: &[&str],
        last: Option<&str>,
    ) -> Self {
        let attributes = attributes.map(|(key, value)| (key, label_text(value)));
        let scope = scope.iter().map(|(key, text)| (key, Cow::Borrowed(text)));
        Self::of_texts(attributes.chain(scope), reserved, last)
    }

    /// The labels that an exemplar has and its series does not.
    pub(super) fn of_exemplar(labels: &ExemplarLabels, reserved: &[&str]) -> Self {
        let texts = labels
            .iter()
            .map(|(key, value)| (*key, label_text(AttributeRef::Label(value.borrow()))));
        Self::of_texts(texts, reserved, None)
    }

    /// The attributes of a resource as labels.
    pub(super) fn of_resource(resource: &Resource) -> Self {
        let attributes = resource.attributes.iter();
        let texts = attributes.map(|(key, value)| (&**key, label_text(AttributeRef::Other(value))));
        Self::of_texts(texts, &[], None)
    }

    fn of_texts<'a>(
        attributes: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
        reserved: &[&str],
        last: Option<&str>,
    ) -> Self {
        let mut entries: Vec<(Cow<'a, str>, &str, Cow<'a, str>)> = attributes
            .map(|(original, text)| {
                let mut key = sanitize(original);
                if reserved.contains(&&*key) {
                    key = Cow::Owned(format!("exported_{key}"));
                }
                (key, original, text)
            })
            .collect();
        let is_last = |key: &str| last == Some(key);
        entries.sort_by(|a, b| (is_last(&a.0), &a.0, a.1).cmp(&(is_last(&b.0), &b.0, b.1)));

        let mut text = String::new();
        for same_key in entries.chunk_by(|a, b| a.0 == b.0) {
            let [(key, _, first), rest @ ..] = same_key else {
                continue;
            };
            if first.is_empty() && rest.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(key);
            text.push_str("=\"");
            push_escaped(&mut text, first);
            for (_, _, value) in rest {
                text.push(';');
                push_escaped(&mut text, value);
            }
            text.push('"');
        }
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The labels between the braces of a sample: each key, and the value that the text stands for.
/// What is behind the last label is ignored.
pub(crate) fn label_entries(labels: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let mut rest = labels;
    std::iter::from_fn(move || {
        let (key, quoted) = rest.split_once("=\"")?;
        let mut is_escaped = false;
        let end = quoted.bytes().position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        })?;
        let after = &quoted[end + 1..];
        rest = after.strip_prefix(',').unwrap_or(after);
        Some((key, unescaped(&quoted[..end])))
    })
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    Cow::Owned(plain)
}

/// Both text formats escape label values in the same way. Prometheus' own parser ends at a NUL, so
/// a NUL is replaced.
fn push_escaped(out: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\0' => out.push(char::REPLACEMENT_CHARACTER),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        storage::{AttributeValue, SeriesLabels},
        sync::Timestamp,
    };

    fn labels(attributes: &[(&str, AttributeValue)]) -> String {
        let attributes = attributes.iter().map(|(key, value)| ((*key).into(), value.clone()));
        let labels = SeriesLabels::of_attributes(attributes.collect(), Timestamp::now());
        Labels::of_series(labels.attributes(), &ScopeEntries::default(), &["le"], None).0
    }

    fn text(text: &str) -> AttributeValue {
        AttributeValue::Str(text.into())
    }

    #[test]
    fn keys_are_sorted_and_sanitised() {
        let attributes = [
            ("zone", text("a")),
            ("http.request.method", text("GET")),
            ("2nd", text("b")),
            ("__name__", text("c")),
            ("größe", text("d")),
            ("le", text("e")),
            ("", text("f")),
        ];
        assert_eq!(
            labels(&attributes),
            r#"_="f",_2nd="b",_name_="c",exported_le="e",gr_e="d",http_request_method="GET",zone="a""#
        );
    }

    #[test]
    fn keys_that_collide_are_joined_in_the_order_of_the_originals() {
        let attributes = [("a_b", text("3")), ("a.b", text("2")), ("a-b", text("1"))];
        assert_eq!(labels(&attributes), r#"a_b="1;2;3""#);
    }

    #[test]
    fn values_are_escaped() {
        let attributes = [("path", text("C:\\x\n\"y\"\0 {é},"))];
        assert_eq!(labels(&attributes), "path=\"C:\\\\x\\n\\\"y\\\"\u{fffd} {é},\"");
    }

    #[test]
    fn the_text_reads_back() {
        for value in ["", "a", "C:\\x\n\"y\"", "\\", "\\n", "\",b=\"c", "a,b=\"", "{é}", "\\\""] {
            let labels = labels(&[("k", text(value)), ("l", text("x")), ("m", text(value))]);
            let read: Vec<_> = label_entries(&labels).collect();
            let all = [("k", value), ("l", "x"), ("m", value)];
            let expected: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            assert!(read.iter().map(|(key, value)| (*key, &**value)).eq(expected), "{labels}");
        }
    }

    #[test]
    fn values_of_other_types_are_json() {
        let attributes = [
            ("a", AttributeValue::Bool(true)),
            ("b", AttributeValue::Int(-3)),
            ("c", AttributeValue::Double(2.5)),
            ("d", AttributeValue::Strs(["a\"".into(), "b".into()].into())),
            ("e", AttributeValue::Ints([1, 2].into())),
        ];
        assert_eq!(
            labels(&attributes),
            r#"a="true",b="-3",c="2.5",d="[\"a\\\"\",\"b\"]",e="[1,2]""#
        );
    }

    #[test]
    fn empty_values_are_no_labels() {
        assert_eq!(labels(&[("a", text(""))]), "");
    }
}
