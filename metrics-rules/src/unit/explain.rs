use super::{parse::UnitViolation, proposal::propose_unit, table::nearest_unit};
use crate::message::Message;

impl UnitViolation {
    /// The mistake in this unit and its remedy. `keeps_units` has the meaning that it has for
    /// [`propose_unit`].
    pub const fn message(&self, unit: &str, keeps_units: bool) -> Message {
        let message = Message::new();
        let proposed = propose_unit(unit, keeps_units);
        match (self, &proposed) {
            (Self::Empty, _) => message
                .text("the unit is empty; leave it out, or name what is counted as in `{job}`"),
            (Self::EmptyAnnotation, _) => {
                message.text("the annotation is empty; name what is counted, as in `{job}`")
            }
            (Self::MalformedAnnotation, None) => message.text(
                "malformed annotation; write one word of printable ASCII in braces, as in `{job}`",
            ),
            (Self::MalformedAnnotation, Some(proposed)) => message
                .text("malformed annotation; write one word in braces: `")
                .text(proposed.as_str())
                .text("`"),
            (Self::Unknown, None) => message.text("unknown unit `").text(unit).text(
                "`; use a UCUM code such as `s`, `By`, `1`, `By/s`, or an annotation of what is counted such as `{job}`",
            ),
            (Self::Unknown, Some(proposed)) => {
                let message = message.text("unknown unit `").text(unit).text("`; write `");
                let message = message.text(proposed.as_str());
                match nearest_unit(unit) {
                    Some(meant) if !meant.base && !keeps_units => {
                        message.text("`, the base unit of `").text(meant.ucum).text("`")
                    }
                    _ if proposed.as_str().as_bytes()[0] == b'{' => {
                        message.text("`, an annotation of what is counted")
                    }
                    _ => message.text("`"),
                }
            }
        }
    }
}
