//! Says to the queue that the worker is there, and learns which jobs it has lost.

use std::{sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};

use super::{Context, change_log::ChangeLog};
use crate::queue::QueueError;

/// The pause after a heartbeat that failed.
const RETRY: Duration = Duration::from_secs(1);

/// Repeats heartbeats until it is dropped.
pub(super) async fn repeat(context: Arc<Context>) {
    let every = context.options.worker_expiry / 3;
    let worker = context.id.as_str();
    let log = ChangeLog::new("the queue does not hear the worker");
    loop {
        let leases = context.leases.valid();
        let heartbeat = context.queue.heartbeat(&context.options.info, &leases);
        let silent = || QueueError::Away { reason: "it does not answer".to_owned() };
        let pause = match timeout(every, heartbeat).await.unwrap_or_else(|_| Err(silent())) {
            Ok(answer) => {
                log.recovered(worker);
                context.known.cancel();
                for job in answer.lost {
                    context.leases.lose(job, &leases);
                }
                every
            }
            Err(error) => {
                log.failed(worker, &error);
                RETRY.min(every)
            }
        };
        sleep(pause).await;
    }
}
