use std::sync::{LazyLock, Once};

use promql_parser::parser::{
    function::{self, Function},
    value::ValueType,
};
use regex::Regex;

use super::tracker::{Bracket, Region, Tracker};

/// What stands for a value, a name or a label that is not known.
pub(crate) const ANY: &str = "osapi_any";
/// The function of a vector that stands for a function or an aggregation that is not known.
pub(crate) const ANY_OF_VECTOR: &str = "osapi_any_of_vector";
/// The function of a range that stands for a function that is not known.
pub(crate) const ANY_OF_RANGE: &str = "osapi_any_of_range";

/// A duration that stands for one that is not known.
const DURATION: &str = "1m";

/// Grafana's three ways to write a variable: `$name`, `${name:format}` and `[[name:format]]`. The
/// first group that matches is the name, and the second one the format.
pub(super) static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\$([A-Za-z_]\w*)|\[\[([A-Za-z_]\w*?)(?::(\w+))?\]\]|\$\{([A-Za-z_]\w*)(?:\.[^:^}]+)?(?::([^}]+))?\}";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// A query with something else in the place of each variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// The names of the variables, each once.
    pub(super) variables: Vec<String>,
    /// Queries that could be meant: a variable that stands alone is a number or a vector.
    pub(super) candidates: Vec<String>,
    /// Whether a variable is somewhere else than in a string or a range.
    pub(super) is_code: bool,
}

/// Makes the parser know the functions that stand for others, and one that Prometheus 3 has under
/// another name.
pub(super) fn register_functions() {
    use ValueType::{Matrix, Scalar, Vector};

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let function = |name, of| Function::new(name, of, 0, Vector, false);
        // They have names that no function of the parser has, so nothing refuses them.
        let _ = function::register_extra_functions(vec![
            function(ANY_OF_VECTOR, vec![Vector]),
            function(ANY_OF_RANGE, vec![Matrix]),
            function("holt_winters", vec![Matrix, Scalar, Scalar]),
        ]);
    });
}

impl Template {
    pub(super) fn of(text: &str) -> Self {
        let mut variables = Vec::new();
        let (mut with_numbers, mut with_vectors) = (String::new(), String::new());
        let mut is_code = false;
        let mut tracker = Tracker::new();
        let mut from = 0;
        for found in VARIABLE.captures_iter(text) {
            let (Some(whole), Some(name)) = (found.get(0), found.iter().skip(1).flatten().next())
            else {
                continue;
            };
            let before = &text[from..whole.start()];
            if before.ends_with('\\') {
                // The `$` of a regular expression, as in `\\$SYS`.
                continue;
            }
            pass(&mut tracker, before);
            with_numbers.push_str(before);
            with_vectors.push_str(before);
            from = whole.end();
            if !variables.iter().any(|known| known == name.as_str()) {
                variables.push(name.as_str().to_owned());
            }
            let place = Place { before: &with_numbers, tracker: &tracker, after: &text[from..] };
            let stand_in = place.stand_in();
            let (number, vector) = match stand_in {
                StandIn::Text(text) | StandIn::Code(text) => (text, text),
                StandIn::NumberOrVector => ("1", ANY),
            };
            is_code |= !matches!(stand_in, StandIn::Text(_));
            // The place of the next variable is decided by what stands for this one.
            pass(&mut tracker, vector);
            with_numbers.push_str(number);
            with_vectors.push_str(vector);
        }
        let rest = &text[from..];
        with_numbers.push_str(rest);
        with_vectors.push_str(rest);
        let mut candidates = vec![with_numbers];
        if candidates[0] != with_vectors {
            candidates.push(with_vectors);
        }
        Self { variables, candidates, is_code }
    }
}

/// What stands for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandIn {
    /// In a string or a range, where every value leads to a query.
    Text(&'static str),
    /// Somewhere else.
    Code(&'static str),
    /// Alone between operators, brackets and commas.
    NumberOrVector,
}

/// The place of a variable.
struct Place<'a> {
    before: &'a str,
    tracker: &'a Tracker,
    after: &'a str,
}

impl Place<'_> {
    fn stand_in(&self) -> StandIn {
        let last = self.before.chars().next_back();
        let next = self.after.chars().next();
        let is_of_a_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        match (self.tracker.region(), self.tracker.bracket()) {
            (Region::String | Region::Comment, _) => return StandIn::Text(ANY),
            (Region::Code, Some(Bracket::Range)) => {
                return StandIn::Text(match (last, next) {
                    (Some('0'..='9'), _) => "m",
                    (_, Some('a'..='z')) => "1",
                    _ => DURATION,
                });
            }
            (Region::Code, Some(Bracket::Matchers)) => return self.matcher(),
            (Region::Code, Some(Bracket::LabelList)) => return StandIn::Code(ANY),
            (Region::Code, _) => {}
        }
        if is_of_a_name(last) || is_of_a_name(next) || last == Some(':') || next == Some(':') {
            return StandIn::Code(ANY);
        }
        if self.tracker.word() == "offset" {
            return StandIn::Code(DURATION);
        }
        let after = self.after.trim_start();
        let next_word: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
        match after.chars().next() {
            Some('{' | '[') => StandIn::Code(ANY),
            Some('(') => StandIn::Code(function_of(after)),
            _ if ["by", "without"].contains(&next_word.as_str()) => StandIn::Code("group"),
            _ => StandIn::NumberOrVector,
        }
    }

    /// A variable between `{` and `}`: a matcher, the name of a label, or a value with its quotes.
    fn matcher(&self) -> StandIn {
        let last = self.before.trim_end().chars().next_back();
        let next = self.after.trim_start().chars().next();
        StandIn::Code(match (last, next) {
            (Some('{' | ','), Some('}' | ',')) => "osapi_any=~\".+\"",
            (Some('=' | '~'), _) => "\"osapi_any\"",
            _ => ANY,
        })
    }
}

/// The function that stands for one with these arguments.
fn function_of(arguments: &str) -> &'static str {
    let mut tracker = Tracker::new();
    let mut is_range = false;
    let mut end = arguments.len();
    for (offset, character) in arguments.char_indices() {
        let bracket = tracker.bracket();
        let Ok(region) = tracker.pass(character) else { break };
        // The range of an inner call is not that of this one.
        is_range |= region == Region::Code && character == '[' && tracker.depth() == 2;
        if bracket == Some(Bracket::Parenthesis) && tracker.depth() == 0 {
            end = offset + character.len_utf8();
            break;
        }
    }
    let behind = arguments[end..].trim_start();
    if behind.starts_with("by") || behind.starts_with("without") {
        "group"
    } else if is_range {
        ANY_OF_RANGE
    } else {
        ANY_OF_VECTOR
    }
}

/// Passes a text. Brackets that do not fit are found when the query is parsed.
fn pass(tracker: &mut Tracker, text: &str) {
    for character in text.chars() {
        let _ = tracker.pass(character);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::parse::{TemplateError, parse_template},
        *,
    };

    #[test]
    fn something_stands_for_each_variable() {
        for (text, expected) in [
            (
                "x{job=\"$job\", a=~\"${a:regex}|[[b]]\"}",
                "x{job=\"osapi_any\", a=~\"osapi_any|osapi_any\"}",
            ),
            ("rate(x[$__rate_interval])", "rate(x[1m])"),
            ("rate(x[${window}m])", "rate(x[1m])"),
            ("rate(x[5$unit:$step])", "rate(x[5m:1m])"),
            ("x offset $shift", "x offset 1m"),
            ("sum by ($group, le) (x)", "sum by (osapi_any, le) (x)"),
            ("$metric{a=\"b\"}", "osapi_any{a=\"b\"}"),
            ("shop_${thing}_total", "shop_osapi_any_total"),
            ("x{$filter}", "x{osapi_any=~\".+\"}"),
            ("x{$label=\"a\", b=$value}", "x{osapi_any=\"a\", b=\"osapi_any\"}"),
            ("$function(x[5m])", "osapi_any_of_range(x[5m])"),
            ("$aggregation(rate(x[5m]))", "osapi_any_of_vector(rate(x[5m]))"),
            ("$aggregation(x) by (a)", "group(x) by (a)"),
            ("$aggregation by (a) (x)", "group by (a) (x)"),
            ("x{a!~\"b|\\\\$c.*\"}", "x{a!~\"b|\\\\$c.*\"}"),
            ("topk($n, x) > $limit", "topk(1, x) > 1"),
            (
                "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
                "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
            ),
        ] {
            assert_eq!(Template::of(text).candidates[0], expected, "{text}");
            parse_template(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        }
    }

    #[test]
    fn a_variable_can_be_a_vector() {
        let query = parse_template("sum($metric) / $other{a=\"b\"}").unwrap();
        assert_eq!(query.expr.to_string(), "sum(osapi_any) / osapi_any{a=\"b\"}");
        assert_eq!(query.variables, ["metric", "other"]);
    }

    #[test]
    fn a_variable_can_make_it_impossible_to_know() {
        assert_eq!(parse_template("x $operator y").unwrap_err(), TemplateError::Undetermined);
        assert!(matches!(parse_template("sum(x$y"), Err(TemplateError::Syntax(_))));
        let Err(TemplateError::Syntax(error)) = parse_template("sum x{a=\"$b\"}") else {
            panic!("it is not PromQL")
        };
        assert_eq!(error.to_string(), "not PromQL: `sum x{a=\"$b\"}`");
    }
}
