//! The text that the program prints at its start: addresses, and commands to paste.

use std::fmt;

use osapi::{app::App, operations::OPERATIONS};

/// The addresses of the process and, for the API, a curl command for each operation.
pub(crate) struct Banner<'a>(pub(crate) &'a App);

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let app = self.0;
        let base = format!("http://{}", app.address());
        let path = app.metrics_path();
        let metrics = path.map_or_else(str::to_owned, |path| format!("{base}{path}"));
        writeln!(f, "osapi is ready\n")?;
        if app.has_api() {
            writeln!(f, "  API      {base}/jobs")?;
        }
        writeln!(f, "  metrics  {metrics}")?;
        if let Some(path) = app.explorer_path() {
            writeln!(f, "  explorer {base}{path}")?;
        }
        writeln!(f, "  health   {base}/health  {base}/health/ready")?;
        if let Some(agent) = app.agent_name() {
            writeln!(f, "  agent    {agent}")?;
        }
        if let Err(reason) = app.ready() {
            writeln!(f, "  waiting  {reason}")?;
        }
        if app.has_api() {
            submit(f, &base)?;
        }
        if let Ok(path) = path {
            let accept = "accept: application/openmetrics-text";
            writeln!(
                f,
                "
See jobs counted, with status, duration, help and unit:

  curl -s {base}{path} -H '{accept}' | grep -E '^(# [A-Z]+ )?osapi_job' | grep -v bucket"
            )?;
        }
        writeln!(f)
    }
}

/// The commands that submit a job and read its result.
fn submit(f: &mut fmt::Formatter<'_>, base: &str) -> fmt::Result {
    writeln!(f, "\nSubmit a job:\n")?;
    for spec in OPERATIONS {
        let args = match spec.example {
            "{}" => String::new(),
            args => format!(r#", "args": {args}"#),
        };
        let body = format!(r#"{{"operation": "{}"{args}}}"#, spec.name);
        let header = "content-type: application/json";
        writeln!(f, "  curl -s {base}/jobs -H '{header}' -d '{body}'")?;
    }
    writeln!(
        f,
        "
Read its result, with the id from the answer:

  curl -s '{base}/jobs/ID?wait=10s'"
    )
}
