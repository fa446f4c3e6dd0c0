//! Finds the steps whose next attempt is due.

use std::time::Duration;

use osapi_metrics::instrumentation::channel::Sender;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{OrchestrationParts, command::Command};
use crate::{resilience::Use, store::tasks_with_due_steps};

pub(super) async fn run(
    parts: OrchestrationParts,
    every: Duration,
    commands: Sender<Command>,
    stop: CancellationToken,
) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let scan = tasks_with_due_steps(&parts.database);
        let Ok(due) = parts.breakers.call(Use::FindSteps, scan).await else { continue };
        for task in due {
            if commands.send(Command::EnqueueDue(task)).await.is_err() {
                return;
            }
        }
    }
}
