use std::fmt::Write;

use proptest::{collection::vec, option, prelude::*};

use super::*;

fn read(text: &str, format: Format) -> Result<Vec<Entry<'_>>, ExpositionError> {
    Reader::new(text, format).collect()
}

fn sample<'a>(entry: &'a Entry<'a>) -> &'a Sample<'a> {
    match &entry.content {
        Content::Sample(sample) => sample,
        other => panic!("{other:?} is not a sample"),
    }
}

#[test]
fn every_part_of_a_text_exposition_is_read() {
    let text = "\n# a comment\n# HELP a_total What \\\\ is\\nhere \\\"x\\\".\n#  TYPE  a_total \
                counter\n# UNIT a_total x\n# EOF\n\ta_total{b=\"c\\\\\\\"\\n\\d\",} 1 1500\na_total \
                { b = \"\" , } +Inf\nb NaN";
    let entries = read(text, Format::Text).unwrap();
    let lines: Vec<_> = entries.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [3, 4, 7, 8, 9]);
    let help = "What \\ is\nhere \\\"x\\\".".into();
    assert_eq!(entries[0].content, Content::Help { family: "a_total".into(), text: help });
    let kind = FamilyType::Counter;
    assert_eq!(entries[1].content, Content::Type { family: "a_total".into(), kind });
    let first = sample(&entries[2]);
    assert_eq!(first.labels, [("b".into(), "c\\\"\n\\d".into())]);
    assert_eq!(first.timestamp, Some(1.5));
    assert!(sample(&entries[3]).value.is_infinite());
    assert!(sample(&entries[4]).value.is_nan());
}

#[test]
fn exemplars_units_and_the_end_are_of_openmetrics() {
    let text = "# TYPE a histogram\n# UNIT a seconds\n# HELP a \\\"x\\\"\na_bucket{le=\"+Inf\"} 2 \
                1.5 # {trace=\"x\"} 0.5 1.25\na_created 1.5e9\n# EOF\n";
    let entries = read(text, Format::OpenMetrics).unwrap();
    assert_eq!(entries[1].content, Content::Unit { family: "a".into(), unit: "seconds".into() });
    assert_eq!(entries[2].content, Content::Help { family: "a".into(), text: "\"x\"".into() });
    let bucket = sample(&entries[3]);
    let labels = vec![("trace".into(), "x".into())];
    let exemplar = Exemplar { labels, value: 0.5, timestamp: Some(1.25) };
    assert_eq!((bucket.timestamp, &bucket.exemplar), (Some(1.5), &Some(Box::new(exemplar))));
}

#[test]
fn names_can_be_quoted() {
    let text = "# TYPE \"shop.wait\" gauge\n{\"shop.wait\",\"a.b\"=\"c\",d=\"e\"} 1\n{\"x y\"} 2\n";
    let entries = read(text, Format::Text).unwrap();
    assert_eq!(sample(&entries[1]).name, "shop.wait");
    assert_eq!(sample(&entries[1]).labels[0].0, "a.b");
    assert_eq!(sample(&entries[2]).name, "x y");
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (line, expected) in [
        ("9a 1", "a name is expected, and the line goes on with `9a 1`"),
        ("<html>", "a name is expected, and the line goes on with `<html>`"),
        ("{} 1", "a name is expected, and the line goes on with ` 1`"),
        ("# TYPE a; gauge", "a name is expected, and the line goes on with `; gauge`"),
        ("a{\"b\"} 1", "the sample has a second name, `b`"),
        ("{\"a\",\"b\"} 1", "the sample has a second name, `b`"),
        ("a{b} 1", "the label `b` has no `=`"),
        ("a{b=c} 1", "the value of the label `b` is not in quotation marks"),
        ("a{b=\"c} 1", "the quotation mark before `c} 1` is not closed in its line"),
        ("a{b=\"c\\\"} 1", "the quotation mark before `c\\\\\\\"} 1` is not closed in its line"),
        (
            "a{b=\"c\" d=\"e\"} 1",
            "`,` or `}` is expected, and the line goes on with `d=\\\"e\\\"} 1`",
        ),
        ("{\"status\":1}", "`,` or `}` is expected, and the line goes on with `:1}`"),
        ("a{b=\"c\"", "`,` or `}` is expected, and the line goes on with ``"),
        ("a{b=\"c\",b=\"d\"} 1", "the label `b` stands twice"),
        ("a", "the value `` is not a number"),
        ("a 1\r", "the value `1\\r` is not a number"),
        ("a 1,5", "the value `1,5` is not a number"),
        ("a 1 x", "the timestamp `x` is not a number"),
        ("a 1 1.5", "the timestamp `1.5` is not a number"),
        ("a 1 15 3", "the sample ends before `3`"),
        ("a 1 # {} 1", "the sample ends before `# {} 1`"),
        ("# TYPE a speed", "`speed` is not a type of metrics"),
    ] {
        let text = format!("# TYPE b gauge\n{line}\nb 1\n");
        let error = read(&text, Format::Text).unwrap_err();
        assert_eq!(error.to_string(), format!("line 2: {expected}"), "{line}");
    }
    for (text, expected) in [
        ("a 1\n", "line 1: the exposition breaks off: there is no `# EOF`"),
        ("a 1\n# EOF\nb 1\n", "line 3: there is a line behind `# EOF`"),
        ("a 1 nan\n# EOF", "line 1: the timestamp `nan` is not a number"),
        ("a{b=\"c\",} 1\n# EOF", "line 1: a name is expected, and the line goes on with `} 1`"),
        ("a 1 # x\n# EOF", "line 1: the sample ends before `x`"),
        ("", "line 1: the exposition breaks off: there is no `# EOF`"),
    ] {
        assert_eq!(read(text, Format::OpenMetrics).unwrap_err().to_string(), expected);
    }
}

#[test]
fn nothing_follows_on_a_mistake() {
    let mut reader = Reader::new("a\na 1\n", Format::Text);
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
}

#[test]
fn long_texts_are_read_to_their_end() {
    let long = format!("a{{b=\"{}\"}} 1\n", "x\\n".repeat(500_000));
    assert_eq!(sample(&read(&long, Format::Text).unwrap()[0]).labels[0].1.len(), 1_000_000);
    let mut wide = String::from("a{");
    for nth in 0..200_000 {
        let _ = write!(wide, "l{nth}=\"\",");
    }
    wide.push_str("} 1\n");
    assert_eq!(sample(&read(&wide, Format::Text).unwrap()[0]).labels.len(), 200_000);
    let open = format!("a{{{}", "b=\"".repeat(500_000));
    assert!(read(&open, Format::Text).is_err());

    let many = "a 1\n".repeat(1_000_000);
    assert_eq!(Reader::new(&many, Format::Text).flatten().count(), 1_000_000);
}

/// An exposition in memory, to be written and read back.
#[derive(Clone, Debug)]
struct Family {
    name: String,
    kind: FamilyType,
    help: String,
    unit: Option<String>,
    samples: Vec<Sample<'static>>,
}

fn labels() -> impl Strategy<Value = Labels<'static>> {
    let keys = prop_oneof!["[a-z_][a-z0-9_]{0,6}", "\\PC{1,6}"];
    vec((keys, "\\PC*|[\\\\\"\n#{},= ]*"), 0..4).prop_map(|labels| {
        let labels: std::collections::BTreeMap<_, _> = labels.into_iter().collect();
        labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
    })
}

fn values() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>().prop_filter("is a number", |v| !v.is_nan()), Just(f64::INFINITY)]
}

fn families() -> impl Strategy<Value = Vec<Family>> {
    let times = || option::of((-1_000_000_i64..2_000_000_000).prop_map(|time| time as f64));
    let exemplar = (labels(), values(), times())
        .prop_map(|(labels, value, timestamp)| Box::new(Exemplar { labels, value, timestamp }));
    let sample = (labels(), values(), times(), option::of(exemplar));
    let kind = prop_oneof![
        Just(FamilyType::Counter),
        Just(FamilyType::Gauge),
        Just(FamilyType::Histogram),
        Just(FamilyType::Unknown)
    ];
    let name = prop_oneof!["[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", "\\PC{1,8}"];
    let help = "[a-zA-Z\\\\\"\n#]{1}[\\PC\\\\\"\n ]*";
    let family = (name, kind, help, option::of("[a-z]{1,6}"), vec(sample, 0..4));
    let family = family.prop_map(|(name, kind, help, unit, samples)| {
        let sample = |(labels, value, timestamp, exemplar)| {
            let name = name.clone().into();
            Sample { name, labels, value, timestamp, exemplar }
        };
        let samples = samples.into_iter().map(sample).collect();
        Family { name, kind, help, unit, samples }
    });
    vec(family, 0..5)
}

/// Writes what the reader reads: a second reading of the two specifications.
fn written(families: &[Family], format: Format) -> String {
    let is_open = format == Format::OpenMetrics;
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let is_plain = |name: &str, colons: bool| {
        let may_be = |c: char| c.is_ascii_alphanumeric() || c == '_' || (colons && c == ':');
        !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(may_be)
    };
    let name = |name: &str, colons: bool| {
        if is_plain(name, colons) { name.to_owned() } else { format!("\"{}\"", escaped(name)) }
    };
    let labels = |labels: &Labels<'_>| {
        let pair = |(key, value): &(_, std::borrow::Cow<'_, str>)| {
            let key: &std::borrow::Cow<'_, str> = key;
            format!("{}=\"{}\"", name(key, false), escaped(value))
        };
        labels.iter().map(pair).collect::<Vec<_>>()
    };
    let time = |time: Option<f64>| match time {
        None => String::new(),
        Some(time) if is_open => format!(" {time}"),
        Some(time) => format!(" {:.0}", time * 1000.0),
    };
    let mut out = String::new();
    for family in families {
        let of = name(&family.name, true);
        let help = family.help.replace('\\', "\\\\").replace('\n', "\\n");
        let help = if is_open { help.replace('"', "\\\"") } else { help };
        let _ = writeln!(out, "# HELP {of} {help}\n# TYPE {of} {}", family.kind.as_str());
        if let (true, Some(unit)) = (is_open, &family.unit) {
            let _ = writeln!(out, "# UNIT {of} {unit}");
        }
        for sample in &family.samples {
            let mut parts = labels(&sample.labels);
            if is_plain(&family.name, true) {
                let _ = write!(out, "{of}{{{}}}", parts.join(","));
            } else {
                parts.insert(0, of.clone());
                let _ = write!(out, "{{{}}}", parts.join(","));
            }
            let _ = write!(out, " {:?}{}", sample.value, time(sample.timestamp));
            if let (true, Some(exemplar)) = (is_open, &sample.exemplar) {
                let parts = labels(&exemplar.labels).join(",");
                let time = time(exemplar.timestamp);
                let _ = write!(out, " # {{{parts}}} {:?}{time}", exemplar.value);
            }
            out.push('\n');
        }
    }
    if is_open {
        out.push_str("# EOF\n");
    }
    out
}

fn expected(families: &[Family], format: Format) -> Vec<Content<'_>> {
    let is_open = format == Format::OpenMetrics;
    let mut contents = Vec::new();
    for Family { name, kind, help, unit, samples } in families {
        let family = || std::borrow::Cow::Borrowed(name.as_str());
        contents.push(Content::Help { family: family(), text: help.as_str().into() });
        contents.push(Content::Type { family: family(), kind: *kind });
        if let (true, Some(unit)) = (is_open, unit) {
            contents.push(Content::Unit { family: family(), unit: unit.as_str().into() });
        }
        for sample in samples {
            let mut sample = sample.clone();
            sample.exemplar = sample.exemplar.filter(|_| is_open);
            contents.push(Content::Sample(sample));
        }
    }
    contents
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(families in families(), is_open: bool) {
        let format = if is_open { Format::OpenMetrics } else { Format::Text };
        let text = written(&families, format);
        let read = read(&text, format).map_err(|error| error.to_string());
        let contents: Vec<_> = read.unwrap().into_iter().map(|entry| entry.content).collect();
        prop_assert_eq!(contents, expected(&families, format));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text: String, near in "[a#{}\",=\\\\ \n1TYPE]*") {
        for format in [Format::Text, Format::OpenMetrics] {
            let _ = Reader::new(&text, format).count();
            let _ = Reader::new(&near, format).count();
        }
    }
}
