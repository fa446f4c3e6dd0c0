use std::fmt;

/// A table whose first column is text and whose other columns are numbers.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// The format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// In columns, for a terminal.
    Plain,
    /// In Markdown, for a page of the documentation.
    Markdown,
}

impl Table {
    pub(crate) fn write(&self, style: Style, to: &mut impl fmt::Write) -> fmt::Result {
        match style {
            Style::Plain => self.write_plain(to),
            Style::Markdown => self.write_markdown(to),
        }
    }

    fn write_plain(&self, to: &mut impl fmt::Write) -> fmt::Result {
        writeln!(to, "{}", self.title)?;
        let mut lines = vec![&self.header];
        lines.extend(&self.rows);
        let width = |column: usize| {
            let widths = lines.iter().filter_map(|line| line.get(column));
            widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        for line in &lines {
            for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(to, "  {cell:<width$}")?,
                    _ => write!(to, "  {cell:>width$}")?,
                }
            }
            writeln!(to)?;
        }
        writeln!(to)
    }

    fn write_markdown(&self, to: &mut impl fmt::Write) -> fmt::Result {
        writeln!(to, "### {}\n", self.title)?;
        writeln!(to, "| {} |", self.header.join(" | "))?;
        let numbers = self.header.len().saturating_sub(1);
        writeln!(to, "|---|{}", "---:|".repeat(numbers))?;
        for row in &self.rows {
            writeln!(to, "| {} |", row.join(" | "))?;
        }
        writeln!(to)
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, Table};

    fn written(style: Style) -> String {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table {
            title: "Widths".to_owned(),
            header: row(["what", "mm"]),
            rows: vec![row(["a nail", "3"]), row(["a door", "800"])],
        };
        let mut text = String::new();
        table.write(style, &mut text).unwrap();
        text
    }

    #[test]
    fn columns_are_aligned() {
        assert_eq!(
            written(Style::Plain),
            "Widths\n  what     mm\n  a nail    3\n  a door  800\n\n"
        );
    }

    #[test]
    fn markdown_has_a_heading_and_right_aligned_numbers() {
        let expected =
            "### Widths\n\n| what | mm |\n|---|---:|\n| a nail | 3 |\n| a door | 800 |\n\n";
        assert_eq!(written(Style::Markdown), expected);
    }
}
