//! An operation between its beginning and its end.

use std::{iter, sync::atomic::Ordering, time::Instant};

use redis::{Cmd, Pipeline, RedisResult, Value};

use super::{
    BatchKind, DatabaseSystem, LinkState, Operation, commands,
    error::{ABORTED, CANCELLED, TIMEOUT, error_type, is_disconnection, of_code},
    link::Epoch,
    shared::Shared,
};

/// A command or a batch that runs. Dropping it records it, so no operation is lost or counted
/// twice.
pub(super) struct RunningOperation<'s> {
    shared: &'s Shared,
    operation: Operation,
    /// The commands of a batch; absent for a single command.
    batch: Option<&'s Pipeline>,
    /// Whether the commands of the batch are counted.
    counted: bool,
    begun: Instant,
    epoch: Epoch,
}

impl Shared {
    /// Begins a command.
    pub(super) fn begin(&self, command: &Cmd) -> RunningOperation<'_> {
        self.begin_named(commands::name(command), None)
    }

    /// Begins a pipeline or a transaction.
    pub(super) fn begin_batch<'s>(&'s self, batch: &'s Pipeline) -> RunningOperation<'s> {
        let (name, kind) = if batch.is_transaction() {
            ("MULTI", BatchKind::Transaction)
        } else {
            ("PIPELINE", BatchKind::Pipeline)
        };
        self.roles.batch_size.record(&kind, batch.len() as f64);
        self.begin_named(name, Some(batch))
    }

    fn begin_named<'s>(
        &'s self,
        name: &'static str,
        batch: Option<&'s Pipeline>,
    ) -> RunningOperation<'s> {
        self.figures.in_flight.fetch_add(1, Ordering::Relaxed);
        let operation = operation(name, Some(CANCELLED));
        let epoch = self.figures.link.epoch();
        RunningOperation {
            shared: self,
            operation,
            batch,
            counted: false,
            begun: Instant::now(),
            epoch,
        }
    }
}

impl RunningOperation<'_> {
    /// Ends a command. `answered` is false for a command whose answer the client does not wait for.
    pub(super) fn end(mut self, result: &RedisResult<Value>, answered: bool) {
        self.shows(result, answered);
        self.operation.error_type = match result {
            Ok(answer) => class(answer),
            Err(error) => Some(error_type(error)),
        };
    }

    /// Ends a batch.
    pub(super) fn end_batch(mut self, result: &RedisResult<Vec<Value>>) {
        self.shows(result, true);
        let Some(batch) = self.batch else { return };
        self.counted = true;
        self.operation.error_type = match result {
            Err(error) => {
                let class = Some(error_type(error));
                self.count(batch, iter::repeat(class));
                class
            }
            // A transaction has one answer, the answer to `EXEC`.
            Ok(answers) if batch.is_transaction() => match answers.last() {
                Some(Value::Array(answers)) => self.count_answers(batch, answers),
                Some(Value::Nil) => {
                    self.count(batch, iter::repeat(Some(ABORTED)));
                    Some(ABORTED)
                }
                other => {
                    let class = other.and_then(class);
                    self.count(batch, iter::repeat(class));
                    class
                }
            },
            Ok(answers) => self.count_answers(batch, answers),
        };
    }

    /// Counts the commands of a batch by their answers, and returns the class of the first error.
    fn count_answers(&self, batch: &Pipeline, answers: &[Value]) -> Option<&'static str> {
        self.count(batch, answers.iter().map(class));
        answers.iter().find_map(class)
    }

    /// Counts the commands of a batch, neighbours that are alike at once.
    fn count(&self, batch: &Pipeline, classes: impl Iterator<Item = Option<&'static str>>) {
        let roles = &self.shared.roles;
        if roles.commands.is_unused() && roles.batched_commands.is_unused() {
            return;
        }
        let count = |alike: Option<(Operation, u64)>| {
            if let Some((operation, commands)) = alike {
                roles.commands.add(&operation, commands);
                roles.batched_commands.add(&operation, commands);
            }
        };
        let mut alike = None;
        for (command, class) in batch.cmd_iter().zip(classes) {
            let next = operation(commands::name(command), class);
            match &mut alike {
                Some((operation, commands)) if *operation == next => *commands += 1,
                _ => count(alike.replace((next, 1))),
            }
        }
        count(alike);
    }

    /// What the result shows of the connection.
    fn shows<T>(&self, result: &RedisResult<T>, answered: bool) {
        let state = match result {
            Ok(_) if answered => LinkState::Connected,
            Err(error) if is_disconnection(error) => LinkState::Disconnected,
            _ => return,
        };
        self.shared.changed(self.shared.figures.link.shown(self.epoch, state));
    }
}

impl Drop for RunningOperation<'_> {
    fn drop(&mut self) {
        let Shared { roles, figures, .. } = self.shared;
        figures.in_flight.fetch_sub(1, Ordering::Relaxed);
        roles.operation_duration.record_duration(&self.operation, self.begun.elapsed());
        match self.batch {
            None => roles.commands.inc(&self.operation),
            Some(batch) if !self.counted => {
                self.count(batch, iter::repeat(self.operation.error_type));
            }
            Some(_) => {}
        }
        if self.operation.error_type == Some(TIMEOUT) {
            roles.timeouts.inc(&());
        }
    }
}

fn operation(name: &'static str, error_type: Option<&'static str>) -> Operation {
    Operation { system: DatabaseSystem::Redis, name, error_type }
}

/// The class of an answer; `None` for a success.
fn class(answer: &Value) -> Option<&'static str> {
    match answer {
        Value::ServerError(error) => Some(of_code(error.code())),
        _ => None,
    }
}
