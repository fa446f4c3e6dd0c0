//! What a process with the API does for the queue: it sweeps it, and counts what is in it.

use std::{sync::Arc, time::Duration};

use osapi_metrics::instruments::Observation;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use tracing::{info, warn};

use crate::{
    metrics::{QueueLevels, QueueMetrics},
    queue::{Queue, QueueError, Sweep},
};

/// How often the queue is swept and counted.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long the queue may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The upkeep of a queue, until it is dropped.
#[derive(Debug)]
pub(super) struct Upkeep {
    task: JoinHandle<()>,
    _levels: Option<[Observation; 2]>,
}

impl Upkeep {
    /// Begins on the current tokio runtime; `is_recorded` says whether there are metrics of it.
    pub(super) fn begin(queue: Arc<dyn Queue>, is_recorded: bool) -> Self {
        let levels = QueueLevels::default();
        let observed = is_recorded.then(|| levels.observe());
        let task = tokio::spawn(async move {
            let mut ticks = interval(INTERVAL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut fails = false;
            loop {
                ticks.tick().await;
                let result = once(&*queue, &levels, is_recorded).await;
                match result {
                    // The queue itself logs when it cannot be used.
                    Err(error) if error.is_outage() => {}
                    Err(reason) => {
                        if !fails {
                            warn!(%reason, "the queue cannot be kept");
                        }
                        fails = true;
                    }
                    Ok(()) => {
                        if fails {
                            info!("the queue can be kept again");
                        }
                        fails = false;
                    }
                }
            }
        });
        Self { task, _levels: observed }
    }
}

async fn once(
    queue: &dyn Queue,
    levels: &QueueLevels,
    is_recorded: bool,
) -> Result<(), QueueError> {
    let kept = timeout(LIMIT, async {
        let sweep = queue.sweep().await?;
        let stats = queue.stats().await?;
        Ok::<_, QueueError>((sweep, stats))
    });
    match kept.await {
        Ok(Ok((sweep, stats))) => {
            if is_recorded {
                QueueMetrics::global().swept(&sweep);
            }
            levels.set(Some(stats));
            let Sweep { recovered, failed, unworkable, retried: _, unreadable: _ } = sweep;
            if recovered + failed > 0 {
                warn!(recovered, failed, "workers have died; their jobs go to others");
            }
            if unworkable > 0 {
                warn!(unworkable, "jobs that no worker can run have ended");
            }
            Ok(())
        }
        Ok(Err(error)) => {
            levels.set(None);
            Err(error)
        }
        Err(_) => {
            levels.set(None);
            Err(QueueError::Away { reason: format!("no answer within {LIMIT:?}") })
        }
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.task.abort();
    }
}
