use super::{created::write_seconds, number::write_f64};
use crate::core::storage::{Exemplar, TraceIds};

/// Writes an exemplar behind the value of a sample, as `OpenMetrics` 1.0 has it: its labels, its
/// value and its time.
///
/// With trace and span the names and values of the labels have 63 of the 128 characters that the
/// specification allows.
pub(super) fn write_exemplar(out: &mut String, exemplar: &Exemplar) {
    out.push_str(" # {");
    for (nth, (name, id)) in labels(exemplar).enumerate() {
        if nth > 0 {
            out.push(',');
        }
        out.push_str(name);
        out.push_str("=\"");
        write_id(out, id);
        out.push('"');
    }
    out.push_str("} ");
    write_f64(out, exemplar.value.to_f64());
    out.push(' ');
    write_seconds(out, exemplar.time);
}

/// The labels of an exemplar, with the bytes of their values.
pub(super) fn labels(exemplar: &Exemplar) -> impl Iterator<Item = (&'static str, &[u8])> {
    let ids = exemplar.trace.as_ref();
    let labels = ids.map(|TraceIds { trace, span }| {
        [("trace_id", trace.as_slice()), ("span_id", span.as_slice())]
    });
    labels.into_iter().flatten()
}

/// Writes the bytes of an id in hexadecimal digits.
pub(super) fn write_id(out: &mut String, id: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in id {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{storage::Value, sync::Timestamp};

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
            written(Exemplar { value: Value::F64(0.67), time, trace }),
            " # {trace_id=\"a0000000000000000000000000000001\",span_id=\"ffffffffffffffff\"} \
             0.67 1520879607.789",
        );
        assert_eq!(
            written(Exemplar { value: Value::U64(3), time, trace: None }),
            " # {} 3.0 1520879607.789",
        );
    }
}
