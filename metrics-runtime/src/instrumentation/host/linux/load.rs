//! Small files of one or two lines: `/proc/loadavg`, `/proc/uptime`, `/proc/pressure/…`.

use super::{
    super::{
        contexts::{Pressure, PressureResource, Stall},
        reading::Stalled,
    },
    text::{Fields, TextError},
};

/// The averages of 1, 5 and 15 minutes.
pub(super) fn parse_load(text: &str) -> Result<[f64; 3], TextError> {
    let mut fields = Fields::of(text);
    let mut average = || finite(fields.word("load average")?);
    Ok([average()?, average()?, average()?])
}

/// The seconds since the start of the host.
pub(super) fn parse_uptime(text: &str) -> Result<f64, TextError> {
    finite(Fields::of(text).word("uptime")?)
}

/// What the file of a resource reports. Processors have no line `full` before Linux 5.13.
pub(super) fn parse_pressure(
    resource: PressureResource,
    text: &str,
) -> Result<Vec<(Pressure, Stalled)>, TextError> {
    let mut all = Vec::new();
    for line in text.lines() {
        let mut fields = Fields::of(line);
        let stall = match fields.word("line `some`")? {
            "some" => Stall::Some,
            "full" => Stall::Full,
            _ => continue,
        };
        let (mut percent, mut microseconds) = (None, None);
        while let Ok(field) = fields.word("field") {
            match field.split_once('=') {
                Some(("avg10", value)) => percent = Some(finite(value)?),
                Some(("total", value)) => microseconds = Some(finite(value)?),
                _ => {}
            }
        }
        let percent = percent.ok_or(TextError::Missing("`avg10`"))?;
        let microseconds = microseconds.ok_or(TextError::Missing("`total`"))?;
        let stalled = Stalled { seconds: microseconds / 1e6, ratio: percent / 100.0 };
        all.push((Pressure { resource, stall }, stalled));
    }
    if all.is_empty() { Err(TextError::Missing("line `some`")) } else { Ok(all) }
}

/// A number that is not NaN, infinite or negative, all of which Rust reads too.
fn finite(text: &str) -> Result<f64, TextError> {
    let number: f64 = Fields::of(text).number("number")?;
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err(TextError::NotANumber { found: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_and_uptime_are_the_first_numbers() {
        assert_eq!(parse_load("2.34 1.69 0.78 1/87 20194\n").ok(), Some([2.34, 1.69, 0.78]));
        assert_eq!(parse_uptime("455.43 245.58\n").ok(), Some(455.43));
        let error = |text| parse_load(text).unwrap_err().to_string();
        assert_eq!(error("2.34 1.69\n"), "it has no load average");
        assert_eq!(error("2.34 nan 1\n"), "it has `nan` where a number is expected");
        assert_eq!(error("2.34 -1 1\n"), "it has `-1` where a number is expected");
        assert_eq!(parse_uptime("\n").unwrap_err().to_string(), "it has no uptime");
    }

    fn pressure(text: &str) -> Result<Vec<(Stall, Stalled)>, String> {
        let parsed = parse_pressure(PressureResource::Io, text);
        let stalled = |(pressure, stalled): (Pressure, _)| (pressure.stall, stalled);
        let parsed = parsed.map_err(|error| error.to_string())?;
        Ok(parsed.into_iter().map(stalled).collect())
    }

    #[test]
    fn pressure_has_a_sum_and_a_share() {
        let some = "some avg10=12.50 avg60=0.00 avg300=0.00 total=1500000\n";
        let stalled = Stalled { seconds: 1.5, ratio: 0.125 };
        assert_eq!(pressure(some), Ok(vec![(Stall::Some, stalled)]));
        let both = pressure(&format!("{some}full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));
        let none = Stalled { seconds: 0.0, ratio: 0.0 };
        assert_eq!(both, Ok(vec![(Stall::Some, stalled), (Stall::Full, none)]));
    }

    #[test]
    fn other_pressure_is_an_error_that_says_what_is_wrong() {
        let error = |text| pressure(text).unwrap_err();
        assert_eq!(error("some\n"), "it has no `avg10`");
        assert_eq!(error("some avg10=1.00\n"), "it has no `total`");
        assert_eq!(error("some avg10=x total=1\n"), "it has `x` where a number is expected");
        assert_eq!(error("some avg10= total=1\n"), "it has no number");
        assert_eq!(error("none avg10=1 total=1\n"), "it has no line `some`");
    }
}
