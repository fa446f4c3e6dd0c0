use std::{borrow::Cow, iter::Enumerate, str::Split};

use super::{
    cursor::{Cursor, excerpt, unescaped},
    entry::{Content, Entry, Exemplar, Labels, Sample},
    error::{ExpositionError, MAX_LINES, Problem},
    format::Format,
};

/// The entries of an exposition, in their order. Comments and empty lines are left out. Nothing
/// follows on an error, because Prometheus refuses the whole scrape.
///
/// The time grows with the length of the text, and the memory with the longest line.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    lines: Enumerate<Split<'a, char>>,
    format: Format,
    /// The last line that was read.
    last: usize,
    /// Whether the line `# EOF` was read.
    has_end: bool,
    /// Whether nothing follows: behind the last line, or behind an error.
    is_over: bool,
}

impl<'a> Reader<'a> {
    /// Reads this text.
    pub fn new(text: &'a str, format: Format) -> Self {
        // The end of the last line does not begin another one.
        let text = text.strip_suffix('\n').unwrap_or(text);
        let lines = text.split('\n').enumerate();
        Self { lines, format, last: 1, has_end: false, is_over: false }
    }

    /// The content of a line; `None` for a comment, an empty line and the end.
    fn read(&mut self, line: &'a str) -> Result<Option<Content<'a>>, Problem> {
        let mut cursor = Cursor::new(line);
        cursor.skip_blanks();
        if self.has_end {
            return if cursor.is_at_end() { Ok(None) } else { Err(Problem::AfterEnd) };
        }
        if cursor.is_at_end() {
            return Ok(None);
        }
        if !cursor.eat('#') {
            return sample(cursor, self.format).map(|sample| Some(Content::Sample(sample)));
        }
        if self.format == Format::OpenMetrics && cursor.rest() == " EOF" {
            self.has_end = true;
            return Ok(None);
        }
        metadata(cursor, self.format)
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Entry<'a>, ExpositionError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        while let Some((nth, line)) = self.lines.next() {
            self.last = nth + 1;
            let content =
                if nth < MAX_LINES { self.read(line) } else { Err(Problem::TooManyLines) };
            let error = match content {
                Ok(None) => continue,
                Ok(Some(content)) => return Some(Ok(Entry { line: self.last, content })),
                Err(problem) => ExpositionError { line: self.last, problem },
            };
            self.is_over = true;
            return Some(Err(error));
        }
        self.is_over = true;
        let breaks_off = self.format == Format::OpenMetrics && !self.has_end;
        breaks_off.then_some(Err(ExpositionError { line: self.last, problem: Problem::NoEnd }))
    }
}

/// The line behind its `#`: metadata, or a comment.
fn metadata(mut line: Cursor<'_>, format: Format) -> Result<Option<Content<'_>>, Problem> {
    line.skip_blanks();
    let keyword = line.word();
    let is_metadata = match keyword {
        "TYPE" | "HELP" => true,
        "UNIT" => format == Format::OpenMetrics,
        _ => false,
    };
    if !is_metadata {
        return Ok(None);
    }
    line.skip_blanks();
    let family = match line.quoted()? {
        Some(family) => family,
        None => line.name(true)?.into(),
    };
    if !line.is_at_end() && !line.rest().starts_with([' ', '\t']) {
        return Err(Problem::NoName(excerpt(line.rest())));
    }
    line.skip_blanks();
    let text = line.rest();
    Ok(Some(match keyword {
        "TYPE" => {
            let kind = text.trim_end_matches([' ', '\t']).parse();
            let kind = kind.map_err(|()| Problem::UnknownType(excerpt(text)))?;
            Content::Type { family, kind }
        }
        "UNIT" => Content::Unit { family, unit: text.into() },
        _ => Content::Help { family, text: unescaped(text, format == Format::OpenMetrics) },
    }))
}

fn sample<'a>(mut line: Cursor<'a>, format: Format) -> Result<Sample<'a>, Problem> {
    let mut name: Option<Cow<'a, str>> = None;
    if !line.rest().starts_with('{') {
        name = Some(line.name(true)?.into());
        line.skip_blanks();
    }
    let mut braced = Labels::new();
    if line.eat('{') {
        let (inner, labels) = labels(&mut line, format)?;
        braced = labels;
        if let (Some(_), Some(second)) = (&name, &inner) {
            return Err(Problem::SecondName(excerpt(second)));
        }
        name = name.or(inner);
    }
    let name = name.ok_or_else(|| Problem::NoName(excerpt(line.rest())))?;
    let (value, timestamp) = value(&mut line, format)?;
    let mut sample = Sample { name, labels: braced, value, timestamp, exemplar: None };
    if format == Format::OpenMetrics && line.eat('#') {
        line.skip_blanks();
        if !line.eat('{') {
            return Err(Problem::Trailing(excerpt(line.rest())));
        }
        let (name, labels) = labels(&mut line, format)?;
        if let Some(name) = name {
            return Err(Problem::SecondName(excerpt(&name)));
        }
        let (value, timestamp) = self::value(&mut line, format)?;
        sample.exemplar = Some(Box::new(Exemplar { labels, value, timestamp }));
    }
    if line.is_at_end() { Ok(sample) } else { Err(Problem::Trailing(excerpt(line.rest()))) }
}

/// The labels behind an opening brace, and a name in quotation marks before them.
fn labels<'a>(
    line: &mut Cursor<'a>,
    format: Format,
) -> Result<(Option<Cow<'a, str>>, Labels<'a>), Problem> {
    let mut name = None;
    let mut labels = Labels::new();
    let mut is_behind_comma = false;
    loop {
        line.skip_blanks();
        let may_end = format == Format::Text || !is_behind_comma;
        if may_end && line.eat('}') {
            break;
        }
        let quoted = line.quoted()?;
        let is_quoted = quoted.is_some();
        let key = match quoted {
            Some(key) => key,
            None => line.name(false)?.into(),
        };
        line.skip_blanks();
        if line.eat('=') {
            line.skip_blanks();
            let value = line.quoted()?.ok_or_else(|| Problem::NotQuoted(excerpt(&key)))?;
            labels.push((key, value));
        } else if !is_quoted {
            return Err(Problem::NoEquals(excerpt(&key)));
        } else if !line.rest().is_empty() && !line.rest().starts_with([',', '}']) {
            return Err(Problem::NoComma(excerpt(line.rest())));
        } else if name.is_some() || !labels.is_empty() {
            return Err(Problem::SecondName(excerpt(&key)));
        } else {
            name = Some(key);
        }
        line.skip_blanks();
        is_behind_comma = line.eat(',');
        if !is_behind_comma && !line.rest().starts_with('}') {
            return Err(Problem::NoComma(excerpt(line.rest())));
        }
    }
    match repeated(&labels) {
        Some(key) => Err(Problem::RepeatedLabel(excerpt(key))),
        None => Ok((name, labels)),
    }
}

/// A key that stands twice. Sorted, because a line can have any number of labels.
fn repeated<'a>(labels: &'a Labels<'_>) -> Option<&'a str> {
    let mut keys: Vec<&str> = labels.iter().map(|(key, _)| &**key).collect();
    keys.sort_unstable();
    keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// A value, and the time behind it in seconds.
fn value(line: &mut Cursor<'_>, format: Format) -> Result<(f64, Option<f64>), Problem> {
    line.skip_blanks();
    let word = line.word();
    let value = word.parse().map_err(|_| Problem::NotANumber(excerpt(word)))?;
    line.skip_blanks();
    if line.is_at_end() || line.rest().starts_with('#') {
        return Ok((value, None));
    }
    let word = line.word();
    let refused = || Problem::NotATime(excerpt(word));
    let timestamp = match format {
        Format::Text => word.parse::<i64>().map_err(|_| refused())? as f64 / 1000.0,
        Format::OpenMetrics => word.parse().map_err(|_| refused())?,
    };
    if !timestamp.is_finite() {
        return Err(refused());
    }
    line.skip_blanks();
    Ok((value, Some(timestamp)))
}
