use super::table::Table;
use crate::{
    compile_time::Variant,
    figure::{Figure, Measurement},
    runtime::BOTH,
    scrape,
    topic::Topic,
};

/// The table of one topic: a row for each library, with columns for each number of threads or
/// samples.
pub(crate) fn table(topic: Topic, measurements: &[Measurement]) -> Table {
    // Numbers of threads or samples, each with the figures of all libraries.
    let mut groups: Vec<(String, Vec<&Measurement>)> = Vec::new();
    for measurement in measurements {
        let name = group(measurement);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, members)) => members.push(measurement),
            None => groups.push((name, vec![measurement])),
        }
    }
    let mut header = vec![rows_are(topic).to_owned()];
    for (name, members) in &groups {
        header.extend(headings(name, members[0].figure));
    }
    let mut rows = Vec::new();
    if let Some((_, first)) = groups.first() {
        let mut libraries = first.clone();
        if topic != Topic::Instructions {
            libraries.sort_by(|a, b| a.figure.typical().total_cmp(&b.figure.typical()));
        }
        for library in libraries.iter().map(|measurement| &measurement.library) {
            let mut row = vec![library.clone()];
            for (_, members) in &groups {
                let ours = members.iter().find(|member| is_reference(&member.library));
                if let Some(member) = members.iter().find(|member| member.library == *library) {
                    row.extend(cells(member.figure, ours.map(|ours| ours.figure)));
                }
            }
            rows.push(row);
        }
    }
    Table { title: format!("{} (`{}`)", topic.title(), topic.name()), header, rows }
}

/// The heading of the first column.
fn rows_are(topic: Topic) -> &'static str {
    if topic == Topic::Instructions { "operation" } else { "library" }
}

/// Whether the ratios of the other rows refer to the row of this library.
fn is_reference(library: &str) -> bool {
    [BOTH, scrape::TEXT, Variant::Osapi.library()].contains(&library)
}

fn group(measurement: &Measurement) -> String {
    match measurement.figure {
        Figure::Operation { .. } if measurement.threads == 1 => "1 thread".to_owned(),
        Figure::Operation { .. } | Figure::Beside { .. } => {
            format!("{} threads", measurement.threads)
        }
        Figure::Compile { .. } if measurement.case.ends_with("_line") => {
            "a line changed".to_owned()
        }
        Figure::Compile { .. } => "from nothing".to_owned(),
        // The name of the case ends with the requested number of samples.
        Figure::Scrape { .. } => {
            let samples = measurement.case.rsplit('_').next().unwrap_or_default();
            format!("{samples} samples")
        }
        Figure::Start { .. } | Figure::Size { .. } | Figure::Instructions { .. } => String::new(),
    }
}

fn headings(group: &str, figure: Figure) -> Vec<String> {
    let ratio = "× ours".to_owned();
    match figure {
        Figure::Operation { .. } => vec![format!("{group}: ns"), "min".to_owned(), ratio],
        Figure::Scrape { .. } => {
            vec![format!("{group}: ms"), "min".to_owned(), ratio, "KiB".to_owned()]
        }
        Figure::Compile { .. } => {
            let columns = [format!("{group}: s"), "min".to_owned(), ratio, "KiB".to_owned()];
            let millions = "10⁶ instructions".to_owned();
            columns.into_iter().chain([millions]).collect()
        }
        Figure::Start { .. } => vec!["ms".to_owned(), "min".to_owned(), ratio],
        Figure::Beside { .. } => {
            vec![format!("{group}: ms"), "min".to_owned(), "KiB".to_owned()]
        }
        Figure::Size { .. } => vec!["KiB".to_owned(), ratio],
        Figure::Instructions { .. } => vec!["instructions".to_owned()],
    }
}

fn cells(figure: Figure, ours: Option<Figure>) -> Vec<String> {
    let ratio = ours.map(|ours| format!("{:.2}", figure.typical() / ours.typical()));
    let ratio = ratio.unwrap_or_default();
    let kibibytes = |bytes: u64| format!("{:.0}", bytes as f64 / 1024.0);
    match figure {
        Figure::Operation { ns_min, ns_median } => {
            vec![format!("{ns_median:.1}"), format!("{ns_min:.1}"), ratio]
        }
        Figure::Compile { s_min, s_median, bytes, instructions } => {
            let millions = instructions.map(|count| format!("{:.0}", count / 1e6));
            let times = [format!("{s_median:.2}"), format!("{s_min:.2}")];
            let others = [ratio, kibibytes(bytes), millions.unwrap_or_default()];
            times.into_iter().chain(others).collect()
        }
        Figure::Start { ms_min, ms_median } => {
            vec![format!("{ms_median:.3}"), format!("{ms_min:.3}"), ratio]
        }
        Figure::Scrape { ms_min, ms_median, bytes, .. } => {
            vec![format!("{ms_median:.3}"), format!("{ms_min:.3}"), ratio, kibibytes(bytes)]
        }
        Figure::Beside { ms_min, ms_median, resident_bytes } => {
            vec![format!("{ms_median:.3}"), format!("{ms_min:.3}"), kibibytes(resident_bytes)]
        }
        Figure::Size { bytes } => vec![kibibytes(bytes), ratio],
        Figure::Instructions { instructions } => vec![format!("{instructions:.1}")],
    }
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::{
        figure::{Figure, Measurement},
        recording::Case,
        runtime::BOTH,
        topic::Topic,
    };

    fn measurement(library: &str, threads: usize, ns_median: f64) -> Measurement {
        let figure = Figure::Operation { ns_min: 1.0, ns_median };
        Measurement::new("job", library, threads, figure)
    }

    #[test]
    fn libraries_are_ordered_by_their_time_on_one_thread() {
        let measurements = [
            measurement("slow", 1, 30.0),
            measurement(BOTH, 1, 10.0),
            measurement("slow", 2, 5.0),
            measurement(BOTH, 2, 20.0),
        ];
        let table = table(Topic::Recording(Case::Job), &measurements);
        assert_eq!(table.rows[0], [BOTH, "10.0", "1.0", "1.00", "20.0", "1.0", "1.00"]);
        assert_eq!(table.rows[1], ["slow", "30.0", "1.0", "3.00", "5.0", "1.0", "0.25"]);
        assert_eq!(table.header.len(), 7);
    }
}
