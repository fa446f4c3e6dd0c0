//! The text that the program prints at its start: addresses, and commands to paste.

use std::fmt;

use job_queue::app::App;

/// The addresses of the process and, for the API, commands that submit jobs.
pub(crate) struct Banner<'a>(pub(crate) &'a App);

/// A job of each service.
const JOBS: [&str; 4] = [
    r#"{"service": "simulation", "payload": {"millis": 2000, "steps": 4}}"#,
    r#"{"service": "hash", "payload": {"text": "hello"}, "priority": "high"}"#,
    r#"{"service": "compress", "payload": {"bytes": 1000000}, "requirements": {"size": 2}}"#,
    r#"{"service": "image", "payload": {"width": 320, "height": 200}, "retries": 1}"#,
];

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let app = self.0;
        let base = format!("http://{}", app.address());
        let path = app.metrics_path();
        let metrics = path.map_or_else(str::to_owned, |path| format!("{base}{path}"));
        writeln!(f, "job-queue is ready\n")?;
        if app.has_api() {
            writeln!(f, "  API      {base}/jobs")?;
            writeln!(f, "  events   ws://{}/events", app.address())?;
        }
        writeln!(f, "  metrics  {metrics}")?;
        if let Some(path) = app.explorer_path() {
            writeln!(f, "  explorer {base}{path}")?;
        }
        writeln!(f, "  health   {base}/health  {base}/health/ready")?;
        for worker in app.workers() {
            writeln!(f, "  worker   {worker}")?;
        }
        if let Err(reason) = app.ready() {
            writeln!(f, "  waiting  {reason}")?;
        }
        if app.has_api() {
            writeln!(f, "\nSubmit a job:\n")?;
            for body in JOBS {
                let header = "content-type: application/json";
                writeln!(f, "  curl -s {base}/jobs -H '{header}' -d '{body}'")?;
            }
            writeln!(
                f,
                "\nRead its record, with the id from the answer:\n\n  \
                 curl -s '{base}/jobs/ID?wait=10s'"
            )?;
        }
        if let Ok(path) = path {
            let accept = "accept: application/openmetrics-text";
            writeln!(
                f,
                "\nSee jobs counted, with status, duration, help and unit:\n\n  \
                 curl -s {base}{path} -H '{accept}' | grep -E '^(# [A-Z]+ )?jobs?_' | \
                 grep -v bucket"
            )?;
        }
        writeln!(f)
    }
}
