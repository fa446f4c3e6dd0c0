//! The tools, each called once for a whole scrape.

use std::{
    env,
    io::{self, ErrorKind, Write},
    process::{Command, Output, Stdio},
    thread,
};

const STRICT_PARSER: &str = include_str!("strict_parser.py");
const OTLP_DECODER: &str = include_str!("otlp_decoder.py");

/// The findings of `promtool check metrics` in a text of format 0.0.4, a line each. `None` where
/// promtool is missing.
pub(crate) fn promtool(text: &str) -> Option<Vec<String>> {
    let output = match run(Command::new("promtool").args(["check", "metrics"]), text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return skip("there is no promtool"),
        output => output.expect("promtool can be run"),
    };
    // 3: promtool has read the scrape and reports findings.
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
    Some(said(&output).lines().map(str::to_owned).collect())
}

/// The number of families that the strict parser reads. `None` where the parser is missing.
///
/// # Panics
///
/// With the error and the family, if the parser refuses the text.
pub(crate) fn strict_parser(open_metrics: &str) -> Option<usize> {
    let available = run(python(STRICT_PARSER).arg("available"), b"");
    if available.is_ok_and(|output| output.status.success()) {
        let output = run(&mut python(STRICT_PARSER), open_metrics.as_bytes());
        let output = output.expect("Python can be run");
        assert!(output.status.success(), "{}", said(&output));
        return Some(said(&output).trim().parse().expect("a number of families"));
    }
    skip("there is no Python with prometheus_client")
}

/// The points that Python's `opentelemetry-proto` reads in a request, a line each. `None` where the
/// package is missing.
///
/// # Panics
///
/// With the error, if the package refuses the request.
pub(crate) fn otlp_decoder(encoding: &str, request: &[u8]) -> Option<String> {
    let available = run(python(OTLP_DECODER).arg("available"), b"");
    if available.is_ok_and(|output| output.status.success()) {
        let output = run(python(OTLP_DECODER).arg(encoding), request).expect("Python can be run");
        assert!(output.status.success(), "{}", said(&output));
        return Some(said(&output));
    }
    skip("there is no Python with opentelemetry-proto")
}

fn python(program: &str) -> Command {
    let python = env::var_os("OSAPI_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.args(["-c", program]);
    command
}

fn skip<T>(reason: &str) -> Option<T> {
    let required = env::var_os("OSAPI_REQUIRE_TOOLS").is_some_and(|required| required == "1");
    assert!(!required, "{reason}");
    // The output of `println!` is only shown for tests that fail.
    let _ = writeln!(io::stdout(), "tools: {reason}, so it was not asked");
    None
}

fn run(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    thread::scope(|scope| {
        // A tool that answers before it has read everything closes the pipe.
        let _writer = scope.spawn(move || stdin.write_all(input));
        child.wait_with_output()
    })
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said)).concat()
}
