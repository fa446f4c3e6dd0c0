//! The core: all that a library needs to declare metrics and to record them.
//!
//! ```text
//! descriptor   sync          declarations; locks, clock, switch
//!      └───┬────┘
//!       storage              cells of the recording threads, series and their limits
//!          │
//!       snapshot             every metric at one moment, as exporters read it
//!          │
//!     instruments            the handles that application code records through
//!          │
//!      registry              sets and handlers that are linked into the program
//!       ┌──┴───────────┬────────┐
//!  catalogue    self_metrics  roles, dashboards
//!       └──┬───────────┘        │
//!        jobs               sampling    events of `#[instrumented_job]`; what is read, and when
//! ```
//!
//! Nothing here knows the OpenTelemetry SDK, a wire format or a configuration file.

pub(crate) mod catalogue;
pub(crate) mod dashboards;
pub(crate) mod descriptor;
pub(crate) mod instruments;
pub(crate) mod jobs;
pub(crate) mod registry;
pub(crate) mod roles;
pub(crate) mod sampling;
pub(crate) mod self_metrics;
pub(crate) mod snapshot;
pub(crate) mod storage;
pub(crate) mod sync;
