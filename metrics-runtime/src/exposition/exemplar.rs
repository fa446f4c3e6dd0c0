use super::{created::write_seconds, number::write_f64};
use crate::core::storage::{Exemplar, TraceIds};

/// Writes an exemplar behind the value of a sample, as `OpenMetrics` 1.0 has it: its labels, its
/// value and its time.
///
/// With trace and span the names and values of the labels have 63 of the 128 characters that the
/// specification allows.
pub(super) fn write_exemplar(out: &mut String, exemplar: &Exemplar) {
    out.push_str(" # {");
    if let Some(TraceIds { trace, span }) = &exemplar.trace {
        out.push_str("trace_id=\"");
        write_id(out, trace);
        out.push_str("\",span_id=\"");
        write_id(out, span);
        out.push('"');
    }
    out.push_str("} ");
    write_f64(out, exemplar.value.to_f64());
    out.push(' ');
    write_seconds(out, exemplar.time);
}

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
