//! What a newcomer sees first: where everything is, and lines to paste.

use std::fmt;

use osapi::app::App;
use osapi::operations::OPERATIONS;

/// The service's addresses and a curl line for each operation.
pub(crate) struct Banner<'a>(pub(crate) &'a App);

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = format!("http://{}", self.0.address());
        let agent = self.0.agent_name();
        let path = self.0.metrics_path();
        let metrics = path.map_or_else(str::to_owned, |path| format!("{base}{path}"));
        writeln!(
            f,
            "osapi is ready

  API      {base}/jobs
  metrics  {metrics}
  health   {base}/health  {base}/health/ready
  agent    {agent}

Submit a job:
"
        )?;
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
        )?;
        if let Ok(path) = path {
            let accept = "accept: application/openmetrics-text";
            writeln!(
                f,
                "
See it counted, with status, duration, help and unit:

  curl -s {base}{path} -H '{accept}' | grep -E '^(# [A-Z]+ )?osapi_job' | grep -v bucket"
            )?;
        }
        writeln!(f)
    }
}
