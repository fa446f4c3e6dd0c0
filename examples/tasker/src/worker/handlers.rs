//! What steps do.

use std::{fmt::Write, io::Read, path::PathBuf, time::Duration};

use osapi_common::json::shown;
use osapi_metrics::{ErrorType, regular_file};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    WorkerParts,
    foreign::{CompletionPlace, ForeignError},
};
use crate::{store::ClaimedStep, workflow::Handler};

/// The largest file that is read.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// What a handler returns.
#[derive(Debug)]
pub(super) enum Output {
    /// A value, which the steps after it get.
    Value(Value),
    /// The value of an external program, with the place of its completion.
    Foreign(Value, CompletionPlace),
    /// There was nothing to do.
    Skipped,
}

/// Why a handler failed.
#[derive(Debug, ErrorType, thiserror::Error)]
pub(super) enum HandlerError {
    /// The context, or the result of a step before, is not what the handler needs.
    #[error("the handler cannot use `{key}`: {problem}")]
    #[error_type(rename = "invalid_context")]
    Context { key: &'static str, problem: String },
    /// The result does not fit into a number.
    #[error("the number is too large")]
    Overflow,
    /// A file could not be read.
    #[error("{path}: {cause}")]
    File {
        path: String,
        #[source]
        cause: std::io::Error,
    },
    /// The file is larger than what is read.
    #[error("{path} has more than {MAX_FILE} bytes")]
    FileTooLarge { path: String },
    /// The external program failed.
    #[error(transparent)]
    #[error_type(rename = "external_program")]
    Foreign(#[from] ForeignError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The handler was asked to fail.
    #[error("attempt {attempt} fails, as the workflow says")]
    Asked { attempt: i32 },
    /// A thread could not finish its work.
    #[error("the work was interrupted")]
    Interrupted,
}

impl HandlerError {
    /// Whether another attempt would fail as well.
    pub(super) fn is_permanent(&self) -> bool {
        matches!(self, Self::Context { .. } | Self::Overflow | Self::FileTooLarge { .. })
    }
}

/// Runs a handler.
pub(super) async fn run(
    handler: Handler,
    step: &ClaimedStep,
    parts: &WorkerParts,
) -> Result<Output, HandlerError> {
    let value = match handler {
        Handler::Square => number(input(step)?.checked_mul(input(step)?))?,
        Handler::Double => number(input(step)?.checked_mul(2))?,
        Handler::Sum => number(Some(input(step)?))?,
        Handler::HashFile => hash(path(step)?).await?,
        Handler::Checksum => {
            let file = resolved(path(step)?).await?;
            let printed = parts.foreign.run("cksum", &file).await?;
            return Ok(Output::Foreign(json!({"cksum": printed.text}), printed.place));
        }
        Handler::WriteRows => write_rows(step, parts).await?,
        Handler::CountRows => count_rows(step, parts).await?,
        Handler::FailFirst => {
            let attempt = step.message.attempt;
            if i64::from(attempt) <= integer(step, "failures")? {
                return Err(HandlerError::Asked { attempt });
            }
            json!({"attempt": attempt})
        }
        Handler::Fail => return Err(HandlerError::Asked { attempt: step.message.attempt }),
        Handler::Panic => panic!("the handler panics, as the workflow says"),
        Handler::Wait => {
            let millis = integer(step, "millis")?.unsigned_abs();
            sleep(Duration::from_millis(millis)).await;
            json!({"waited_millis": millis})
        }
        Handler::Skip => {
            if step.before.is_empty() && step.context["skip"] == true {
                return Ok(Output::Skipped);
            }
            Value::Null
        }
    };
    Ok(Output::Value(value))
}

/// The sum of the results before the step, or the number of the context.
fn input(step: &ClaimedStep) -> Result<i64, HandlerError> {
    if step.before.is_empty() {
        return integer(step, "number");
    }
    step.before.values().try_fold(0_i64, |sum, value| {
        let value = value.as_i64().ok_or_else(|| HandlerError::Context {
            key: "before",
            problem: format!("{} is not a whole number", shown(value)),
        })?;
        sum.checked_add(value).ok_or(HandlerError::Overflow)
    })
}

fn number(result: Option<i64>) -> Result<Value, HandlerError> {
    result.map(Value::from).ok_or(HandlerError::Overflow)
}

fn integer(step: &ClaimedStep, key: &'static str) -> Result<i64, HandlerError> {
    let value = &step.context[key];
    value.as_i64().ok_or_else(|| HandlerError::Context {
        key,
        problem: format!("{} is not a whole number", shown(value)),
    })
}

fn path(step: &ClaimedStep) -> Result<PathBuf, HandlerError> {
    let value = &step.context["path"];
    value.as_str().map(PathBuf::from).ok_or_else(|| HandlerError::Context {
        key: "path",
        problem: format!("{} is not a path", shown(value)),
    })
}

/// The file itself, for a program: `/dev/fd/1` is another one in each process, and a pipe would
/// hold the program up.
async fn resolved(path: PathBuf) -> Result<PathBuf, HandlerError> {
    let resolving = spawn_blocking(move || {
        let failed = |cause| HandlerError::File { path: path.display().to_string(), cause };
        let file = path.canonicalize().map_err(failed)?;
        regular_file::open(&file).map_err(failed)?;
        Ok(file)
    });
    resolving.await.map_err(|_| HandlerError::Interrupted)?
}

async fn hash(path: PathBuf) -> Result<Value, HandlerError> {
    let hashing = spawn_blocking(move || {
        let shown = path.display().to_string();
        let failed = |cause| HandlerError::File { path: shown.clone(), cause };
        let file = regular_file::open(&path).map_err(failed)?;
        let (mut hasher, mut read) = (Sha256::new(), 0);
        let (mut file, mut buffer) = (file.take(MAX_FILE + 1), vec![0; 64 * 1024]);
        loop {
            let length = file.read(&mut buffer).map_err(failed)?;
            if length == 0 {
                break;
            }
            hasher.update(&buffer[..length]);
            read += length as u64;
        }
        if read > MAX_FILE {
            return Err(HandlerError::FileTooLarge { path: shown });
        }
        let hex = hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
            // A `String` takes everything.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(json!({"sha256": hex, "bytes": read}))
    });
    hashing.await.map_err(|_| HandlerError::Interrupted)?
}

async fn write_rows(step: &ClaimedStep, parts: &WorkerParts) -> Result<Value, HandlerError> {
    let rows = i32::try_from(integer(step, "rows")?).map_err(|_| HandlerError::Overflow)?;
    let mut transaction = parts.database.begin().await?;
    // Rows of an attempt that was interrupted after its commit are written again.
    sqlx::query("DELETE FROM tasker.rows WHERE task_id = $1")
        .bind(step.message.task)
        .execute(&mut transaction)
        .await?;
    sqlx::query("INSERT INTO tasker.rows (task_id, number) SELECT $1, generate_series(1, $2)")
        .bind(step.message.task)
        .bind(rows)
        .execute(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok(json!({ "rows": rows }))
}

async fn count_rows(step: &ClaimedStep, parts: &WorkerParts) -> Result<Value, HandlerError> {
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM tasker.rows WHERE task_id = $1")
        .bind(step.message.task)
        .fetch_one(&parts.database)
        .await?;
    Ok(json!({ "rows": rows }))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[tokio::test]
    async fn a_program_gets_the_file_that_this_process_reads() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let own = format!("/dev/fd/{}", file.as_file().as_raw_fd());
        let expected = file.path().canonicalize().expect("a path");
        assert_eq!(resolved(own.into()).await.expect("a file"), expected);
        for path in ["/dev/zero", "/dev", "/no/such/file"] {
            let refused = resolved(path.into()).await;
            assert!(matches!(refused, Err(HandlerError::File { .. })), "{path}: {refused:?}");
        }
    }
}
