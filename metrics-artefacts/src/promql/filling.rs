use regex::Captures;

use super::variables::VARIABLE;

/// A query with a value in the place of each variable of Grafana: `$name`, `${name:format}` and
/// `[[name:format]]`. `value` gets the name and the format. A variable without a value stays as it
/// is written, as in Grafana.
///
/// ```
/// use osapi_metrics_artefacts::documents::filled;
///
/// let value = |name: &str, _format: Option<&str>| {
///     Some(if name == "b" { "c" } else { "1m" }.to_owned())
/// };
/// assert_eq!(filled("rate(a{b=\"$b\"}[$__rate_interval])", value), "rate(a{b=\"c\"}[1m])");
/// ```
pub fn filled(text: &str, value: impl Fn(&str, Option<&str>) -> Option<String>) -> String {
    let replaced = |found: &Captures<'_>| {
        let written = found[0].to_owned();
        // The `$` of a regular expression, as in `\\$SYS`.
        let begin = found.get(0).map_or(0, |whole| whole.start());
        if text[..begin].ends_with('\\') {
            return written;
        }
        let mut parts = found.iter().skip(1).flatten().map(|part| part.as_str());
        let (name, format) = (parts.next().unwrap_or_default(), parts.next());
        value(name, format).unwrap_or(written)
    };
    VARIABLE.replace_all(text, replaced).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_a_variable_is_filled() {
        let value = |name: &str, format: Option<&str>| {
            (name != "none").then(|| format!("<{name}{}>", format.unwrap_or_default()))
        };
        for (text, expected) in [
            ("x{a=~\"$a\"}[$__range]", "x{a=~\"<a>\"}[<__range>]"),
            ("${a} ${a:regex} [[a]] [[a:pipe]]", "<a> <aregex> <a> <apipe>"),
            ("$job_name $job", "<job_name> <job>"),
            ("$none ${none:csv} $1 \\$a", "$none ${none:csv} $1 \\$a"),
        ] {
            assert_eq!(filled(text, value), expected);
        }
    }
}
