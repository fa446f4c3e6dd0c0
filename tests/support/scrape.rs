//! A scrape as a Prometheus server sees it: both text formats, parsed into one type.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::otlp_receiver::{Labels, Value};

/// The text formats that the endpoint serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `OpenMetrics` 1.0.
    OpenMetrics,
    /// Prometheus text format 0.0.4.
    Text,
}

/// The families of one scrape by name. In both formats the name of a counter ends in `_total` and
/// the name of an info in `_info`.
pub type Scrape = BTreeMap<String, Family>;

/// One metric family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// The type, from the TYPE line.
    pub kind: String,
    /// The unit, from the UNIT line that only `OpenMetrics` has.
    pub unit: Option<String>,
    /// The help text, from the HELP line.
    pub help: String,
    /// The series; the samples of a histogram series are one value.
    pub series: BTreeMap<Labels, Value>,
}

/// Requests `path` in the given format.
///
/// # Panics
///
/// If the response is not successful, or does not follow the format.
pub fn scrape(address: SocketAddr, path: &str, format: Format) -> Scrape {
    let accept = match format {
        Format::OpenMetrics => "application/openmetrics-text;version=1.0.0",
        Format::Text => "text/plain;version=0.0.4",
    };
    let (head, body) = get(address, path, accept);
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let content_type = accept.replace(';', "; ");
    assert!(head.contains(&format!("content-type: {content_type}")), "{head}");
    parse(&String::from_utf8(body).unwrap(), format)
}

/// The head and the body of a response.
pub(crate) fn get(address: SocketAddr, path: &str, accept: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let (head, body) = split_at(&response, b"\r\n\r\n").unwrap();
    let head = str::from_utf8(head).unwrap();
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.to_owned()
    };
    (head.to_owned(), body)
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some((size, rest)) = split_at(body, b"\r\n") {
        let size = usize::from_str_radix(str::from_utf8(size).unwrap(), 16).unwrap();
        whole.extend_from_slice(&rest[..size]);
        body = &rest[size + 2..];
    }
    whole
}

/// The bytes before the first separator, and those after it.
fn split_at<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|found| found == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// Parses an exposition.
///
/// # Panics
///
/// If a line does not follow the format, or the order of lines does not.
pub fn parse(text: &str, format: Format) -> Scrape {
    let mut scrape = Scrape::new();
    let mut current = String::new();
    let mut ended = false;
    for line in text.lines() {
        assert!(!ended, "a line after the end: {line}");
        if line == "# EOF" {
            assert_eq!(format, Format::OpenMetrics, "only OpenMetrics has an end");
            ended = true;
        } else if let Some(comment) = line.strip_prefix("# ") {
            let (word, rest) = comment.split_once(' ').unwrap();
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            if name != current {
                assert!(!scrape.contains_key(name), "two blocks of `{name}`");
                name.clone_into(&mut current);
            }
            let family = scrape.entry(current.clone()).or_default();
            match word {
                "TYPE" => rest.clone_into(&mut family.kind),
                "UNIT" => family.unit = Some(rest.to_owned()),
                "HELP" => family.help = unescaped(rest),
                other => panic!("unknown comment {other}"),
            }
        } else {
            let family = scrape
                .get_mut(&current)
                .unwrap_or_else(|| panic!("a sample before its TYPE: {line}"));
            add_sample(family, &current, line);
        }
    }
    assert_eq!(ended, format == Format::OpenMetrics, "the end of the text");
    scrape.into_iter().map(|family| finished(family, format)).collect()
}

/// Adds a sample to its family; the buckets of histograms stay cumulative until the family is
/// finished.
fn add_sample(family: &mut Family, name: &str, line: &str) {
    let (sample, mut labels, number) = read_sample(line);
    let suffix = sample
        .strip_prefix(name)
        .unwrap_or_else(|| panic!("a sample of another family than `{name}`: {line}"));
    if family.kind != "histogram" {
        assert!(matches!(suffix, "" | "_total" | "_info"), "{line}");
        let twice = family.series.insert(labels, Value::Number(number));
        assert!(twice.is_none(), "a series came twice: {line}");
        return;
    }
    let bound = labels.remove("le").map(|bound| value(&bound));
    let series = family.series.entry(labels).or_insert(Value::Histogram {
        count: 0,
        sum: f64::NAN,
        bounds: Vec::new(),
        buckets: Vec::new(),
        min: None,
        max: None,
    });
    let Value::Histogram { count, sum, bounds, buckets, .. } = series else {
        unreachable!("inserted above")
    };
    match (suffix, bound) {
        ("_bucket", Some(bound)) => {
            bounds.push(bound);
            buckets.push(integer(number));
        }
        ("_sum", None) => *sum = number,
        ("_count", None) => *count = integer(number),
        _ => panic!("no sample of a histogram: {line}"),
    }
}

/// A family under its final name, with buckets that are not cumulative, as in OTLP. The sum is NaN
/// where `OpenMetrics` forbids it: there it is beside a count or not at all, and is not negative.
fn finished((mut name, mut family): (String, Family), format: Format) -> (String, Family) {
    let suffix = match family.kind.as_str() {
        "counter" => "_total",
        "info" => "_info",
        _ => "",
    };
    if !name.ends_with(suffix) {
        name.push_str(suffix);
    }
    for value in family.series.values_mut() {
        if let Value::Histogram { count, sum, bounds, buckets, .. } = value {
            if format == Format::OpenMetrics && sum.is_nan() && *count == 0 {
                *count = *buckets.last().expect("a histogram has a bucket");
            }
            let allowed = format == Format::Text || sum.is_nan() || *sum >= 0.0;
            assert!(allowed, "OpenMetrics forbids the sum {sum} of `{name}`");
            assert_eq!(bounds.pop(), Some(f64::INFINITY), "the last bucket of `{name}`");
            assert_eq!(buckets.last(), Some(&*count), "the count of `{name}`");
            for index in (1..buckets.len()).rev() {
                buckets[index] -= buckets[index - 1];
            }
        }
    }
    (name, family)
}

/// The name, the labels and the value of a sample line without a timestamp. An exemplar is left
/// out.
fn read_sample(line: &str) -> (&str, Labels, f64) {
    let name_end = line.find(['{', ' ']).expect("a sample has a value");
    let (name, rest) = line.split_at(name_end);
    let mut labels = Labels::new();
    let mut rest = rest;
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (key, quoted) = rest.split_once("=\"").expect("a label has a quoted value");
            let end = closing_quote(quoted);
            let twice = labels.insert(key.to_owned(), unescaped(&quoted[..end]));
            assert!(twice.is_none(), "a label came twice: {line}");
            rest = quoted[end + 1..].trim_start_matches(',');
        }
        rest = &rest[1..];
    }
    let (number, _exemplar) = rest.split_once(" # ").unwrap_or((rest, ""));
    (name, labels, value(number.trim()))
}

fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index,
            _ => {}
        }
    }
    panic!("no closing quote: {text}")
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => plain.push('\n'),
                Some(other @ ('\\' | '"')) => plain.push(other),
                other => panic!("unknown escape {other:?} in {text}"),
            },
            other => plain.push(other),
        }
    }
    plain
}

fn value(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        number => number.parse().unwrap_or_else(|_| panic!("no number: {number}")),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of tests are small"
)]
fn integer(number: f64) -> u64 {
    assert!(number >= 0.0 && number.fract() == 0.0, "no count: {number}");
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# HELP jobs_total Jobs \\ all.
# TYPE jobs_total counter
jobs_total{name="a,b=\"c\"\n",status="ok"} 3
# HELP wait_seconds Waiting.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.5"} 1
wait_seconds_bucket{le="+Inf"} 3
wait_seconds_sum 7.5
wait_seconds_count 3
"#;

    #[test]
    fn both_formats_read_alike() {
        let text = parse(TEXT, Format::Text);
        let labels = Labels::from([
            ("name".to_owned(), "a,b=\"c\"\n".to_owned()),
            ("status".to_owned(), "ok".to_owned()),
        ]);
        assert_eq!(text["jobs_total"].help, "Jobs \\ all.");
        assert_eq!(text["jobs_total"].series[&labels], Value::Number(3.0));
        let Value::Histogram { bounds, buckets, .. } = &text["wait_seconds"].series[&Labels::new()]
        else {
            panic!("{text:#?}")
        };
        assert_eq!((bounds.as_slice(), buckets.as_slice()), (&[0.5][..], &[1, 2][..]));

        let open_metrics =
            TEXT.replace("HELP jobs_total", "HELP jobs").replace("TYPE jobs_total", "TYPE jobs")
                + "# EOF\n";
        assert_eq!(parse(&open_metrics, Format::OpenMetrics), text);
    }

    #[test]
    fn open_metrics_has_no_negative_sum() {
        let text = "# TYPE wait histogram\nwait_bucket{le=\"+Inf\"} 2\n# EOF\n";
        let scrape = parse(text, Format::OpenMetrics);
        let Value::Histogram { count, sum, .. } = &scrape["wait"].series[&Labels::new()] else {
            panic!("{scrape:#?}")
        };
        assert!((*count, sum.is_nan()) == (2, true), "{scrape:#?}");
    }
}
