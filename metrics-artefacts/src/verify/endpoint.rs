use std::time::Duration;

use osapi_metrics_rules::excerpt::ShownAddress;
use serde::de::IgnoredAny;

use super::{exposed::Exposed, invalid::InvalidSamples};
use crate::{
    bearer::BearerToken,
    exposition::{Content, ExpositionError, Format, MAX_NAMES, Reader},
    finding::{Finding, Place},
    web::{self, Answer},
};

/// Scrapes an endpoint.
pub(super) fn scrape(
    url: &str,
    patience: Duration,
    token: Option<&BearerToken>,
) -> Result<Exposed, Finding> {
    let answer = web::ask(url, &[], Format::ACCEPT, patience, token);
    let url = &ShownAddress(url).to_string();
    let answer = answer.map_err(|error| no_answer(url, &error))?;
    if let Some(other) = other_than_exposition(&answer, None) {
        return Err(no_exposition(url, other));
    }
    let format = Format::of_content_type(&answer.content_type);
    read(url, &answer.body, format).map_err(|failure| match failure {
        Failure::Line(error) => match other_than_exposition(&answer, Some(&error)) {
            Some(other) => no_exposition(url, other),
            None => Finding::new("no-exposition", url, error.problem.to_string())
                .at(Place::Line(error.line)),
        },
        Failure::TooManyNames(line) => {
            let problem = format!("the exposition has more than {MAX_NAMES} names");
            Finding::new("no-exposition", url, problem).at(Place::Line(line))
        }
    })
}

/// What could not be asked, without the address, which the finding has already.
pub(super) fn no_answer(url: &str, error: &web::WebError) -> Finding {
    let problem = error.to_string();
    let problem = problem.strip_prefix(&format!("{}: ", error.url())).unwrap_or(&problem);
    Finding::new("no-answer", url, problem)
}

fn no_exposition(url: &str, other: &str) -> Finding {
    let problem = format!("the answer is {other} and not an exposition");
    let remedy = "give the path of the metrics, which often is `/metrics`, and a Prometheus with \
                  `--prometheus`";
    Finding::new("no-exposition", url, problem).with_remedy(remedy)
}

/// What an answer is that is not an exposition. JSON can only be known by trying: an exposition can
/// begin with a brace.
fn other_than_exposition(answer: &Answer, error: Option<&ExpositionError>) -> Option<&'static str> {
    let kind = answer.content_type.split(';').next().unwrap_or_default().trim();
    let body = answer.body.trim_start();
    if kind.eq_ignore_ascii_case("text/html") || body.starts_with('<') {
        return Some("HTML");
    }
    let is_json = kind.eq_ignore_ascii_case("application/json")
        || (error.is_some() && serde_json::from_str::<IgnoredAny>(body).is_ok());
    is_json.then_some("JSON")
}

enum Failure {
    Line(ExpositionError),
    TooManyNames(usize),
}

fn read(url: &str, text: &str, format: Format) -> Result<Exposed, Failure> {
    let mut exposed = Exposed::new(url, false);
    for entry in Reader::new(text, format) {
        let entry = entry.map_err(Failure::Line)?;
        let line = Some(entry.line);
        let added = match entry.content {
            Content::Type { family, kind } => exposed.family(&family).map(|known| {
                known.line = known.line.or(line);
                known.kinds.push(kind);
            }),
            Content::Unit { family, unit } => exposed.family(&family).map(|known| {
                known.line = known.line.or(line);
                known.units.push(unit.into_owned());
            }),
            Content::Help { family, text } => exposed.family(&family).map(|known| {
                known.line = known.line.or(line);
                known.helps.push(text.into_owned());
            }),
            Content::Sample(sample) => {
                let labels = sample.labels.iter().map(|(key, value)| (&**key, &**value));
                exposed.add(&sample.name, labels, sample.value, line)
            }
        };
        added.map_err(|_| Failure::TooManyNames(entry.line))?;
    }
    exposed.invalid = InvalidSamples::of(text, format, &exposed.families);
    Ok(exposed)
}

/// What a text shows, for tests.
#[cfg(test)]
pub(super) fn exposed(text: &str, format: Format) -> Exposed {
    match read("http://a/metrics", text, format) {
        Ok(exposed) => exposed,
        Err(Failure::Line(error)) => panic!("{error}"),
        Err(Failure::TooManyNames(line)) => panic!("line {line}: too many names"),
    }
}
