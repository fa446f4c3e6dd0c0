//! `/proc/net/dev`.

use super::{
    super::{
        patterns::Patterns,
        reading::{InterfaceCounters, InterfaceDirectionCounters, Interfaces},
    },
    devices::{Names, Sum},
    text::{Fields, TextError},
};

/// The interfaces that have been seen.
#[derive(Debug)]
pub(super) struct NetworkHistory {
    excluded: Patterns,
    /// Whether an interface is shown.
    names: Names<bool>,
    sum: Sum,
}

impl NetworkHistory {
    pub(super) fn new(excluded: Patterns) -> Self {
        Self { excluded, names: Names::new(), sum: Sum::default() }
    }

    pub(super) fn parse(&mut self, text: &str) -> Result<Interfaces, TextError> {
        let mut interfaces = Vec::new();
        let mut lines = text.lines();
        if !lines.by_ref().take(2).any(|line| line.contains("bytes")) {
            return Err(TextError::Missing("header"));
        }
        for line in lines {
            // Large numbers follow the colon without a space, and a name may have a colon itself.
            let (name, counters) =
                line.rsplit_once(':').ok_or(TextError::Missing("name of an interface"))?;
            let name = name.trim();
            let (name, is_shown) = self.names.get(name, || !self.excluded.match_name(name));
            if is_shown {
                let mut fields = Fields::of(counters);
                let received = direction(&mut fields)?;
                // fifo, frame, compressed, multicast.
                for _ in 0..4 {
                    fields.word("counter")?;
                }
                let directions = [received, direction(&mut fields)?];
                interfaces.push(InterfaceCounters { name, directions });
            }
        }
        let io_sum = self.sum.next(interfaces.iter().map(|interface| {
            let [received, transmitted] = &interface.directions;
            (&interface.name, [received.bytes, transmitted.bytes])
        }));
        Ok(Interfaces { interfaces, io_sum })
    }
}

fn direction(fields: &mut Fields<'_>) -> Result<InterfaceDirectionCounters, TextError> {
    Ok(InterfaceDirectionCounters {
        bytes: fields.number("number of bytes")?,
        packets: fields.number("number of packets")?,
        errors: fields.number("number of errors")?,
        dropped: fields.number("number of dropped packets")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Inter-|   Receive\n face |bytes    packets errs drop\n";

    fn parse(lines: &str) -> Result<Interfaces, TextError> {
        NetworkHistory::new(Patterns::new(["lo", "veth*"])).parse(&format!("{HEADER}{lines}"))
    }

    #[test]
    fn interfaces_have_counters_of_both_directions() {
        let read = parse(
            "    lo: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n  \
             eth0:10 2 3 4 0 0 0 9 20 5 6 7 0 0 0 0\n\
             eth0:1: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\n\
             veth12: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n",
        )
        .unwrap();
        let [eth0, alias] = read.interfaces.as_slice() else { panic!("{read:?}") };
        assert_eq!((&*eth0.name, &*alias.name, read.io_sum), ("eth0", "eth0:1", [11, 22]));
        let counters = |direction: &InterfaceDirectionCounters| {
            [direction.bytes, direction.packets, direction.errors, direction.dropped]
        };
        assert_eq!(eth0.directions.each_ref().map(counters), [[10, 2, 3, 4], [20, 5, 6, 7]]);
    }

    #[test]
    fn no_interface_is_not_an_error() {
        assert!(parse("").unwrap().interfaces.is_empty());
    }

    #[test]
    fn other_text_is_an_error_that_says_what_is_wrong() {
        let error = |lines| parse(lines).unwrap_err().to_string();
        assert_eq!(error("  eth0: 1 2 3 4 5 6\n"), "it has no counter");
        assert_eq!(error("  eth0: 1 2 3\n"), "it has no number of dropped packets");
        assert_eq!(error("  eth0: -1\n"), "it has `-1` where a number is expected");
        assert_eq!(error("eth0\n"), "it has no name of an interface");
        let without = NetworkHistory::new(Patterns::new([""; 0])).parse("1\n2\n3\n").unwrap_err();
        assert_eq!(without.to_string(), "it has no header");
    }
}
