use std::panic;

use osapi_metrics_rules::excerpt::Excerpt;
use promql_parser::parser::{self, Expr};

use super::{
    error::SyntaxError,
    raw::without_raw_strings,
    scan,
    variables::{self, Template},
};

/// A query as a syntax tree.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) expr: Expr,
    /// The names of Grafana's variables in it.
    pub(crate) variables: Vec<String>,
}

/// Why a query with variables could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateError {
    Syntax(SyntaxError),
    /// It depends on the values of the variables whether it is a query at all.
    Undetermined,
}

/// Parses a query.
pub(crate) fn parse(text: &str) -> Result<Query, SyntaxError> {
    scan::check(text)?;
    variables::register_functions();
    let refused = |message: String| SyntaxError::Parser { message, query: excerpt(text) };
    // The parser is not of this project, and a query is not of this program.
    let parsed = panic::catch_unwind(|| parser::parse(&without_raw_strings(text)));
    let parsed = parsed.unwrap_or_else(|_| Err("the parser panicked".to_owned()));
    let expr = parsed.map_err(|message| {
        // As the parser says it where it has nothing to say.
        refused(if message == "invalid promql query" { "not PromQL".to_owned() } else { message })
    })?;
    Ok(Query { expr, variables: Vec::new() })
}

/// Parses a query with variables of Grafana, which stand for values that are not known.
pub(crate) fn parse_template(text: &str) -> Result<Query, TemplateError> {
    let template = Template::of(text);
    let mut first = None;
    for candidate in &template.candidates {
        match parse(candidate) {
            Ok(query) => return Ok(Query { variables: template.variables, ..query }),
            Err(error) => first = first.or_else(|| Some(error.of(text))),
        }
    }
    let is_certain = |error: &SyntaxError| !matches!(error, SyntaxError::Parser { .. });
    match first {
        Some(error) if is_certain(&error) || !template.is_code => Err(TemplateError::Syntax(error)),
        _ => Err(TemplateError::Undetermined),
    }
}

impl SyntaxError {
    /// The error with the query as it was written, with its variables.
    fn of(self, text: &str) -> Self {
        match self {
            Self::Parser { message, .. } => Self::Parser { message, query: excerpt(text) },
            error => error,
        }
    }
}

/// The beginning of a query, in one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Excerpt::of(&line).to_string()
}

#[cfg(test)]
mod tests {
    use super::{
        super::limits::{MAX_DEPTH, MAX_OPERATORS},
        *,
    };

    #[test]
    fn what_is_not_promql_is_named() {
        for (text, expected) in [
            ("", "no expression found in input: ``"),
            ("sum(", "`(` is not closed"),
            ("sum(x))", "`)` in line 1, column 7 of the query closes nothing"),
            ("sum(x)\n  + y]", "`]` in line 2, column 6 of the query closes nothing"),
            ("sum x", "not PromQL: `sum x`"),
            ("rate(x)", "expected type matrix in call to function 'rate', got vector: `rate(x)`"),
            ("nearly(x)", "unknown function with name 'nearly': `nearly(x)`"),
            ("x[1e300]", "`1e300` is not a duration; write it as in `5m`"),
            ("x offset - 1e300", "`1e300` is not a duration; write it as in `5m`"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_prometheus_reads_is_promql() {
        for text in [
            "x{a=~`\\d+`, b='c', d!~\"foo{bar}\",}",
            "x offset -5m + rate(x[1h30m] @ end() offset 1w) + x @ start()",
            "sum(x) without (a,) / ignoring (b) group_left () y",
            "max_over_time(rate(x[5m])[1h:] offset 5m) > bool 0x1F ^ .5",
            "holt_winters(x[1h], 0.5, 0.5) atan2 count",
            "{\"metric.name\", label=\"x\"} and sum by (\"a.b\") (y)",
        ] {
            parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn nothing_is_too_deep_for_the_stack() {
        let deep =
            |open: &str, close: &str| format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        for text in [deep("(", ")"), deep("sum(", ")"), deep("{", "}"), deep("[", "]")] {
            let error = parse(&text).unwrap_err();
            assert!(matches!(error, SyntaxError::TooDeep | SyntaxError::TooLong), "{error}");
        }
        for text in
            ["-".repeat(100_000) + "x", "x + ".repeat(50_000) + "x", "2 ^ ".repeat(21) + "x"]
        {
            assert_eq!(parse(&text).unwrap_err(), SyntaxError::TooManyOperators);
        }
        assert_eq!(parse(&"x or ".repeat(50_000)).unwrap_err(), SyntaxError::TooManyOperators);
        assert_eq!(parse(&"x".repeat(1_000_000)).unwrap_err(), SyntaxError::TooLong);
    }

    #[test]
    fn what_the_limits_allow_is_parsed() {
        let text = format!("{}x{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
        parse(&text).unwrap();
        parse(&("x + ".repeat(MAX_OPERATORS) + "x")).unwrap();
        parse(&("-".repeat(MAX_OPERATORS) + "x")).unwrap();
        parse(&("x or ".repeat(MAX_OPERATORS) + "x")).unwrap();
    }
}
