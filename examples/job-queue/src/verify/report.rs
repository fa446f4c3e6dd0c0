//! The table of the targets.

use std::fmt;

use serde::Serialize;

/// What was measured, target by target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The targets.
    pub targets: Vec<TargetRow>,
    /// What the figures do not say.
    pub notes: Vec<String>,
}

/// A target and its measurement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetRow {
    /// What was measured.
    pub target: &'static str,
    /// What it has to be, such as `< 5.0 %`.
    pub allowed: String,
    /// What it is.
    pub measured: String,
    /// The measured number, in the unit of the text.
    pub value: f64,
    /// Whether the target is met.
    pub met: bool,
    /// Where the number comes from.
    pub detail: String,
}

impl Report {
    /// The number of targets that are not met.
    pub fn misses(&self) -> usize {
        self.targets.iter().filter(|row| !row.met).count()
    }

    /// The report as one JSON object.
    pub fn json(&self) -> String {
        // A struct of texts, numbers and flags can be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&TargetRow) -> &str, head: &str| {
            let cells = self.targets.iter().map(|row| of(row).chars().count());
            cells.chain([head.chars().count()]).max().unwrap_or_default()
        };
        let target = width(|row| row.target, "target");
        let allowed = width(|row| &row.allowed, "allowed");
        let measured = width(|row| &row.measured, "measured");
        writeln!(f, "{:target$}  {:allowed$}  {:measured$}", "target", "allowed", "measured")?;
        for row in &self.targets {
            let met = if row.met { "met" } else { "MISSED" };
            let (name, limit, value) = (row.target, &row.allowed, &row.measured);
            writeln!(f, "{name:target$}  {limit:allowed$}  {value:measured$}  {met}")?;
        }
        writeln!(f)?;
        for row in &self.targets {
            writeln!(f, "{}: {}", row.target, row.detail)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_target() {
        let row = |target, measured: &str, met| TargetRow {
            target,
            allowed: "≤ 1 s".to_owned(),
            measured: measured.to_owned(),
            value: 0.5,
            met,
            detail: "of 3".to_owned(),
        };
        let targets = vec![row("a", "0.5 s", true), row("longer", "12.5 s", false)];
        let report = Report { targets, notes: vec!["a note".to_owned()] };
        assert_eq!(report.misses(), 1);
        assert_eq!(
            report.to_string(),
            "target  allowed  measured\n\
             a       ≤ 1 s    0.5 s     met\n\
             longer  ≤ 1 s    12.5 s    MISSED\n\
             \n\
             a: of 3\n\
             longer: of 3\n\
             a note\n"
        );
        let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(json["targets"][1]["met"], false);
        assert_eq!(json["notes"][0], "a note");
    }
}
