//! The text that the program prints at its start: addresses, and commands to paste.

use std::fmt;

use tasker::{
    api::TASKS,
    app::{App, PrivateServer, Role},
    workflow::WORKFLOWS,
};

/// The addresses of the process and, with an API, how to see a task's whole way.
pub(crate) struct Banner<'a>(pub(crate) &'a App);

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let app = self.0;
        let base = format!("http://{}", app.address());
        let path = app.metrics_path();
        let metrics = path.map_or_else(str::to_owned, |path| format!("{base}{path}"));
        writeln!(f, "tasker is ready\n")?;
        let has_api = !matches!(app.role(), Role::Worker { .. });
        if has_api {
            writeln!(f, "  API       {base}{TASKS}")?;
        }
        writeln!(f, "  metrics   {metrics}")?;
        if let Some(path) = app.explorer_path() {
            writeln!(f, "  explorer  {base}{path}")?;
        }
        writeln!(f, "  health    {base}/health  {base}/health/ready  {base}/health/detailed")?;
        if let Role::Worker { name, namespace } = app.role() {
            writeln!(f, "  worker    {name}, for the namespace {namespace}")?;
        }
        if let Some(url) = app.private_server().map(PrivateServer::url) {
            writeln!(f, "  database  {url}, private: it ends with this program")?;
        }
        if has_api {
            submit(f, &base)?;
        }
        if let (true, Ok(path)) = (has_api, path) {
            follow(f, &base, path)?;
        }
        writeln!(f)
    }
}

/// The commands that submit a task and read it.
fn submit(f: &mut fmt::Formatter<'_>, base: &str) -> fmt::Result {
    writeln!(f, "\nSubmit a task; give it an id to follow:\n")?;
    let header = "content-type: application/json";
    for workflow in WORKFLOWS {
        let context = match workflow.example {
            "{}" => String::new(),
            context => format!(r#", "context": {context}"#),
        };
        let name = workflow.name;
        let body = format!(r#"{{"workflow": "{name}"{context}, "correlation_id": "mine"}}"#);
        writeln!(f, "  curl -s {base}{TASKS} -H '{header}' -d '{body}'")?;
    }
    writeln!(f, "\nRead it, with the id from the answer:\n\n  curl -s {base}{TASKS}/ID")
}

/// The command that shows the way of a task in the metrics.
fn follow(f: &mut fmt::Formatter<'_>, base: &str, path: &str) -> fmt::Result {
    writeln!(
        f,
        "\nSee its whole way in the metrics, from the request to the end:\n\n  curl -s {base}{path} \
         | grep 'correlation_id=\"mine\"' | grep -E '^tasker_[a-z_]+_total'"
    )
}
