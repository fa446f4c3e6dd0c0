//! What a command finds, for a person and for a program.

use std::fmt::{self, Write};

use osapi_metrics_rules::excerpt::Excerpt;
use serde::Serialize;

/// A mistake in a file, with its place and, where it is known, the right thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the rule that is broken, in `kebab-case`.
    pub rule: &'static str,
    /// The file, or the address.
    pub file: String,
    /// Where in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What is wrong.
    pub problem: String,
    /// What to do, or the nearest right thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line, counted from 1.
    Line(usize),
    /// A JSON pointer (RFC 6901).
    Pointer(String),
}

/// The result of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Mistakes.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Finding>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something was found.
    Found,
    /// Something could not be checked, whatever else was found.
    Unchecked,
}

impl Finding {
    /// A mistake in a file.
    pub fn new(rule: &'static str, file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { rule, file: file.into(), place: None, problem: problem.into(), remedy: None }
    }

    /// Sets the place in the file.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Sets what to do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl Report {
    /// How a command with this result ends.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings, &self.unchecked)
    }

    /// A line for each finding, and one that counts them.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for finding in self.findings.iter().chain(&self.unchecked) {
            let _ = writeln!(text, "{}", Excerpt::whole(&finding.to_string()));
        }
        let _ = writeln!(
            text,
            "{} found, {} could not be checked",
            count(self.findings.len(), "mistake"),
            count(self.unchecked.len(), "place")
        );
        text
    }

    /// The findings as JSON.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

impl Verdict {
    /// How a command ends that has these mistakes, and could not check these places.
    pub fn of(findings: &[Finding], unchecked: &[Finding]) -> Self {
        if !unchecked.is_empty() {
            Self::Unchecked
        } else if !findings.is_empty() {
            Self::Found
        } else {
            Self::Clean
        }
    }

    /// The exit status of the program: 0, 1 or 2.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Unchecked => 2,
        }
    }
}

fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// As in `board.json#/panels/3/targets/0/expr: no metric …; did you mean …? [unknown-metric]`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, file, place, problem, remedy } = self;
        f.write_str(file)?;
        match place {
            Some(Place::Line(line)) => write!(f, ":{line}")?,
            Some(Place::Pointer(pointer)) => write!(f, "#{pointer}")?,
            None => {}
        }
        write!(f, ": {problem}")?;
        if let Some(remedy) = remedy {
            write!(f, "; {remedy}")?;
        }
        write!(f, " [{rule}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_checked_decides_the_exit_status() {
        let finding = || Finding::new("unknown-metric", "a.json", "no metric `a`");
        let report = |findings: usize, unchecked: usize| Report {
            findings: vec![finding(); findings],
            unchecked: vec![finding(); unchecked],
        };
        for (findings, unchecked, status) in [(0, 0, 0), (2, 0, 1), (0, 1, 2), (2, 1, 2)] {
            assert_eq!(report(findings, unchecked).verdict().exit_status(), status);
        }
        let text = report(1, 2).to_text();
        assert!(text.ends_with("1 mistake found, 2 places could not be checked\n"), "{text}");
    }

    #[test]
    fn a_finding_has_file_place_problem_and_remedy() {
        let finding = Finding::new("unknown-metric", "a.yml", "no metric `a`");
        assert_eq!(finding.to_string(), "a.yml: no metric `a` [unknown-metric]");
        let finding = finding.at(Place::Line(7)).with_remedy("did you mean `b`?");
        let text = "a.yml:7: no metric `a`; did you mean `b`? [unknown-metric]";
        assert_eq!(finding.to_string(), text);
        let report = Report { findings: vec![finding], unchecked: Vec::new() };
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["findings"][0]["place"]["line"], 7);
    }

    #[test]
    fn a_file_cannot_rearrange_the_lines_about_it() {
        let problem = "no metric `a\u{202e}b\n1 mistake`";
        let report =
            Report { findings: vec![Finding::new("x", "f", problem)], ..Report::default() };
        let text = report.to_text();
        assert!(text.contains(r"`a\u{202e}b\n1 mistake`") && text.lines().count() == 2, "{text}");
        assert!(report.to_json().contains("a\u{202e}b"));
    }
}
