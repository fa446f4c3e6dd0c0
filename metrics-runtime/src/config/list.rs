//! The comma-separated lists of OpenTelemetry's variables.

use super::error::InvalidValue;

/// The exporters that `OTEL_METRICS_EXPORTER` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exporters {
    pub(super) prometheus: bool,
    pub(super) otlp: bool,
    pub(super) console: bool,
}

/// Reads a list of exporters.
pub(super) fn exporters(text: &str) -> Result<Exporters, InvalidValue> {
    let expected =
        || "`none`, or a comma-separated list of `otlp`, `prometheus` and `console`".into();
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(Exporters::default());
    }
    let mut exporters = Exporters::default();
    for name in text.split(',') {
        match name.trim().to_ascii_lowercase().as_str() {
            "prometheus" => exporters.prometheus = true,
            "otlp" => exporters.otlp = true,
            "console" => exporters.console = true,
            _ => return Err(expected()),
        }
    }
    Ok(exporters)
}

/// Reads `key1=value1,key2=value2` in the format of W3C baggage without properties: keys and values
/// are percent-encoded, and spaces around them are ignored. Returns `None` for any other text.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split(',')
        .filter(|entry| !entry.trim().is_empty())
        .map(|entry| {
            let (key, value) = entry.split_once('=')?;
            let key = percent_decoded(key.trim()).filter(|key| !key.is_empty())?;
            Some((key, percent_decoded(value.trim())?))
        })
        .collect()
}

/// Reads a list of attributes.
pub(super) fn attributes(text: &str) -> Result<Vec<(String, String)>, InvalidValue> {
    pairs(text).ok_or_else(|| {
        "a comma-separated list of `key=value`, percent-encoded, such as `deployment.environment=dev`".into()
    })
}

/// The text that a percent-encoded one stands for.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex_digit(rest.next()?)? * 16 + hex_digit(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exporters_are_set_exactly() {
        let of = |prometheus, otlp, console| Exporters { prometheus, otlp, console };
        for (text, exporters_named) in [
            ("otlp", of(false, true, false)),
            ("prometheus, OTLP", of(true, true, false)),
            ("console,otlp,prometheus", of(true, true, true)),
            ("none", of(false, false, false)),
        ] {
            assert_eq!(exporters(text), Ok(exporters_named), "{text}");
        }
        for text in ["zipkin", "otlp,none", "otlp,", ","] {
            assert!(exporters(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs_are_percent_decoded() {
        let decoded = |text: &str| {
            pairs(text).map(|pairs| {
                pairs
                    .into_iter()
                    .map(|(key, value)| format!("{key}→{value}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        };
        for (text, expected) in [
            ("a=1,b=2", Some("a→1 b→2")),
            (" a = x y , b=", Some("a→x y b→")),
            ("a=1,", Some("a→1")),
            ("a=b=c", Some("a→b=c")),
            ("a=1%2C2%3d3,b%2Ec=%C3%A4+1", Some("a→1,2=3 b.c→ä+1")),
            ("a", None),
            ("=1", None),
            ("a=%", None),
            ("a=%4", None),
            ("a=%zz", None),
            ("a=%+1", None),
            ("a=%ff", None),
        ] {
            assert_eq!(decoded(text).as_deref(), expected, "{text}");
        }
    }
}
