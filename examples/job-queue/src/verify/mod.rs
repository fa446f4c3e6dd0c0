//! The targets of job-queue, measured: what its metrics cost, and what of them arrives.
//!
//! ```text
//!            ┌─► process with metrics ───► scrapes, receiver ─┐
//! same jobs ─┤                                                ├─► overhead, memory, freshness
//!            └─► process without metrics ─────────────────────┘
//!  jobs ───────► process with metrics ───► receiver that fails ─► delivery
//! ```
//!
//! All processes are of the program itself, with an API, two workers and a queue of their own on
//! free ports. They end with the measurement, in whatever way it ends.

mod child;
mod delivery;
mod error;
mod freshness;
mod load;
mod memory;
mod options;
mod outages;
mod overhead;
mod pace;
mod pairs;
mod process_files;
mod quartiles;
mod receiver;
mod report;
mod rows;

pub use error::VerifyError;
pub use options::{Limits, Verification};
pub use report::{Report, TargetRow};

use std::{env, time::Duration};

use osapi_common::folder::TemporaryFolder;
use tokio::time::timeout;

use pace::Pace;

/// What a schedule and the way to the receiver may take. The values of an interval that is as long
/// as the limit cannot arrive before the interval is over.
const ALLOWANCE: Duration = Duration::from_secs(1);

/// How much longer than its duration a measurement may take.
const PATIENCE: Duration = Duration::from_secs(300);

impl Verification {
    /// Runs the processes, and measures the targets.
    ///
    /// Progress is printed on standard error.
    ///
    /// # Errors
    /// An option is not allowed, a process does not start or ends early, a job does not complete,
    /// the kernel has no `/proc`, or too little has arrived for a figure.
    pub async fn run(&self) -> Result<Report, VerifyError> {
        self.check()?;
        let pace = Pace::new(self.speed);
        let folder = TemporaryFolder::create("job-queue-verify-").map_err(VerifyError::Prepare)?;
        let program = match &self.program {
            Some(program) => program.clone(),
            None => env::current_exe().map_err(VerifyError::Prepare)?,
        };
        let limit = self.duration.saturating_add(PATIENCE);
        let measured = async {
            tokio::try_join!(
                pairs::run(self, &program, pace, folder.path()),
                outages::run(self, &program, pace, folder.path()),
            )
        };
        let measured = timeout(limit, measured).await;
        let (pairs, outages) = measured.map_err(|_| VerifyError::TooSlow { limit })??;
        rows::report(&pairs, &outages, self.limits, pace)
    }
}
