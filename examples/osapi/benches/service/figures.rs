//! Medians, spreads and tables.

use std::io::{self, Write};

/// A table whose first column is text.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) header: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn write(&self, markdown: bool, to: &mut impl Write) -> io::Result<()> {
        let header: Vec<_> = self.header.iter().map(|cell| (*cell).to_owned()).collect();
        if markdown {
            writeln!(to, "{}\n", self.title)?;
            writeln!(to, "| {} |", header.join(" | "))?;
            writeln!(to, "|---|{}", "---:|".repeat(header.len() - 1))?;
            for row in &self.rows {
                writeln!(to, "| {} |", row.join(" | "))?;
            }
        } else {
            writeln!(to, "{}", self.title)?;
            for row in [&header].into_iter().chain(&self.rows) {
                for (column, cell) in row.iter().enumerate() {
                    match column {
                        0 => write!(to, "  {cell:<36}")?,
                        _ => write!(to, "  {cell:>16}")?,
                    }
                }
                writeln!(to)?;
            }
        }
        writeln!(to)
    }
}

/// The median.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The range of the middle half of the values, from the first to the third quartile, such as
/// `0.98 to 1.01`.
pub(crate) fn middle_half(values: &[f64], digits: usize) -> String {
    let [low, high] = [0.25, 0.75].map(|at| quantile(values, at));
    format!("{low:.digits$} to {high:.digits$}")
}

/// Each value of `over` divided by the value of `under` at the same index.
pub(crate) fn ratios(over: &[f64], under: &[f64]) -> Vec<f64> {
    over.iter().zip(under).map(|(over, under)| over / under).collect()
}

fn quantile(values: &[f64], at: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = at * (sorted.len() - 1) as f64;
    let (below, above) = (index(position.floor()), index(position.ceil()));
    sorted[below] + (sorted[above] - sorted[below]) * position.fract()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn index(position: f64) -> usize {
    position as usize
}
