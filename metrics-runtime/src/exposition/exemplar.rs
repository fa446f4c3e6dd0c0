use super::{
    created::write_seconds,
    labels::{Labels, label_entries},
    number::write_f64,
};
use crate::core::{
    snapshot::Exemplars,
    storage::{Exemplar, TraceIds},
};

/// The labels of the span.
const TRACE: &str = "trace_id";
const SPAN: &str = "span_id";

/// The most characters that `OpenMetrics` 1.0 allows for names and values of the labels of an
/// exemplar together. Trace and span have 63 of them.
const MOST_CHARACTERS: usize = 128;

/// The exemplars of the series at this position that a scrape can show.
pub(super) fn exposed(exemplars: &Exemplars, position: usize) -> impl Iterator<Item = &Exemplar> {
    exemplars.of(position).filter(|exemplar| fits(exemplar))
}

/// The number of exemplars that no scrape can show.
pub(super) fn oversized(exemplars: &Exemplars) -> usize {
    exemplars.iter().filter(|exemplar| !fits(exemplar)).count()
}

fn fits(exemplar: &Exemplar) -> bool {
    let characters = |labels: &str| -> usize {
        let sizes =
            label_entries(labels).map(|(name, value)| name.chars().count() + value.chars().count());
        sizes.sum()
    };
    exemplar.labels.is_none() || characters(&labels(exemplar)) <= MOST_CHARACTERS
}

/// Writes an exemplar behind the value of a sample, as `OpenMetrics` 1.0 has it: its labels, its
/// value and its time.
pub(super) fn write_exemplar(out: &mut String, exemplar: &Exemplar) {
    out.push_str(" # {");
    out.push_str(&labels(exemplar));
    out.push_str("} ");
    write_f64(out, exemplar.value.to_f64());
    out.push(' ');
    write_seconds(out, exemplar.time);
}

/// The labels of an exemplar as they are rendered between the braces: trace and span, and behind
/// them the labels that the series does not have.
pub(super) fn labels(exemplar: &Exemplar) -> String {
    let mut text = String::new();
    if let Some(TraceIds { trace, span }) = &exemplar.trace {
        for (name, id) in [(TRACE, trace.as_slice()), (SPAN, span)] {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(name);
            text.push_str("=\"");
            write_id(&mut text, id);
            text.push('"');
        }
    }
    if let Some(own) = &exemplar.labels {
        let own = Labels::of_exemplar(own, &[TRACE, SPAN]);
        if !text.is_empty() && !own.as_str().is_empty() {
            text.push(',');
        }
        text.push_str(own.as_str());
    }
    text
}

/// Writes the bytes of an id in hexadecimal digits.
fn write_id(out: &mut String, id: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in id {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        descriptor::OwnedLabel,
        storage::{ExemplarLabels, Value},
        sync::Timestamp,
    };

    fn with_labels(trace: Option<TraceIds>, labels: &[(&'static str, &str)]) -> Exemplar {
        let labels = labels.iter().map(|(key, text)| (*key, OwnedLabel::Str((*text).into())));
        let labels = Some(labels.collect::<ExemplarLabels>());
        Exemplar { value: Value::U64(3), time: Timestamp(0), trace, labels }
    }

    #[test]
    fn an_exemplar_has_labels_a_value_and_a_time() {
        let time = Timestamp(1_520_879_607_789_000_000);
        let mut trace = [0; 16];
        (trace[0], trace[15]) = (0xa0, 1);
        let trace = Some(TraceIds { trace, span: [0xff; 8] });
        let written = |exemplar| {
            let mut out = String::new();
            write_exemplar(&mut out, &exemplar);
            out
        };
        assert_eq!(
            written(Exemplar { value: Value::F64(0.67), time, trace, labels: None }),
            " # {trace_id=\"a0000000000000000000000000000001\",span_id=\"ffffffffffffffff\"} \
             0.67 1520879607.789",
        );
        assert_eq!(
            written(Exemplar { value: Value::U64(3), time, trace: None, labels: None }),
            " # {} 3.0 1520879607.789",
        );
    }

    #[test]
    fn own_labels_stand_behind_trace_and_span() {
        let trace = Some(TraceIds { trace: [1; 16], span: [2; 8] });
        let own = [("request.id", "a\"\\\n"), ("attempt", "2")];
        assert_eq!(
            labels(&with_labels(trace, &own)),
            "trace_id=\"01010101010101010101010101010101\",span_id=\"0202020202020202\",\
             attempt=\"2\",request_id=\"a\\\"\\\\\\n\"",
        );
        assert_eq!(labels(&with_labels(None, &own[1..])), "attempt=\"2\"");
        // A set that is written by hand.
        let label = [("trace_id", "mine")];
        assert_eq!(labels(&with_labels(None, &label)), "exported_trace_id=\"mine\"");
    }

    #[test]
    fn an_exemplar_has_at_most_128_characters_of_labels() {
        let trace = Some(TraceIds { trace: [1; 16], span: [2; 8] });
        for (trace, others) in [(None, 0), (trace, 63)] {
            for character in ["x", "é", "→", "🦀", "\\", "\n", "\""] {
                for (characters, is_exposed) in [(127, true), (128, true), (129, false)] {
                    let text = character.repeat(characters - others - "id".len());
                    let exemplar = with_labels(trace, &[("id", &text)]);
                    let name = format!("{characters} of {character:?}, {others} others");
                    assert_eq!(fits(&exemplar), is_exposed, "{name}");
                }
            }
        }
    }
}
