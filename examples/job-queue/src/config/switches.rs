use osapi_metrics::config::Environment;
use osapi_metrics_rules::excerpt::Excerpt;

/// Which groups of metrics a process records. All are on by default; a machine without a GPU or
/// without containers has no such metrics, whatever the switches say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a variable of the environment")]
pub struct Switches {
    /// `ENABLE_JOB_METRICS`: the jobs that a worker runs.
    pub jobs: bool,
    /// `ENABLE_API_METRICS`: the requests to the API, its users, and the queue.
    pub api: bool,
    /// `ENABLE_HOST_METRICS`: processors, memory, disks and network of the machine.
    pub host: bool,
    /// `ENABLE_GPU_METRICS`: NVIDIA GPUs.
    pub gpu: bool,
    /// `ENABLE_DOCKER_METRICS`: containers of the machine's engine.
    pub docker: bool,
}

/// A variable is neither true nor false.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{variable}` in the environment is {:?}; expected `true` or `false`", Excerpt::of(given))]
pub struct SwitchError {
    /// The variable.
    pub variable: &'static str,
    /// Its value.
    pub given: String,
}

impl Default for Switches {
    fn default() -> Self {
        Self { jobs: true, api: true, host: true, gpu: true, docker: true }
    }
}

impl Switches {
    /// Reads the variables. A variable that is absent or empty leaves its default.
    ///
    /// # Errors
    /// Every variable that is neither true nor false.
    pub fn from_environment(environment: &Environment) -> Result<Self, Vec<SwitchError>> {
        let mut switches = Self::default();
        let mut errors = Vec::new();
        for (variable, switch) in [
            ("ENABLE_JOB_METRICS", &mut switches.jobs),
            ("ENABLE_API_METRICS", &mut switches.api),
            ("ENABLE_HOST_METRICS", &mut switches.host),
            ("ENABLE_GPU_METRICS", &mut switches.gpu),
            ("ENABLE_DOCKER_METRICS", &mut switches.docker),
        ] {
            let Some(given) = environment.get(variable) else { continue };
            let given = given.to_string_lossy();
            match given.trim().to_ascii_lowercase().as_str() {
                "true" => *switch = true,
                "false" => *switch = false,
                _ => errors.push(SwitchError { variable, given: given.into_owned() }),
            }
        }
        if errors.is_empty() { Ok(switches) } else { Err(errors) }
    }
}
