//! `file.sha256`: the digest of a file on this node.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    time::Duration,
};

use osapi_metrics::{instrumented_job, regular_file};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    error::{FileError, OperationError},
    limit::blocking,
};
use crate::{
    job::Job,
    operations::{Output, Sha256Args},
};

/// Long enough for a few hundred gigabytes from a local disk.
const LIMIT: Duration = Duration::from_mins(5);
const CHUNK_BYTES: usize = 256 * 1024;

#[derive(Serialize)]
struct FileDigest {
    path: PathBuf,
    size_bytes: u64,
    sha256: String,
}

#[instrumented_job(
    name = "file.sha256",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
    slo(latency = "10s", target = 0.99, min_events = 20),
)]
pub(super) async fn sha256(job: &Job, args: &Sha256Args) -> Result<Output, OperationError> {
    let path = args.path.clone();
    let ended = CancellationToken::new();
    // The guard cancels the token when this future ends or is dropped. The thread that reads the
    // file then stops at its next chunk.
    let _end = ended.clone().drop_guard();
    blocking(LIMIT, move || Ok(Output::json(&digest(path, &ended)?)?)).await
}

/// Reads the file in chunks, so that a large file needs no more memory than a small one. Stops when
/// `ended` is cancelled.
fn digest(path: PathBuf, ended: &CancellationToken) -> Result<FileDigest, OperationError> {
    let metadata = fs::metadata(&path).map_err(|cause| FileError::new(&path, cause))?;
    if !metadata.is_file() {
        return Err(OperationError::NotAFile { path });
    }
    let mut file = regular_file::open(&path).map_err(|cause| FileError::new(&path, cause))?;
    let mut hasher = Sha256::new();
    let mut size_bytes = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    while !ended.is_cancelled() {
        match file.read(&mut chunk) {
            Ok(0) => {
                let sha256 = hex(&hasher.finalize());
                return Ok(FileDigest { path, size_bytes, sha256 });
            }
            Ok(length) => {
                hasher.update(&chunk[..length]);
                size_bytes += length as u64;
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(FileError::new(&path, cause).into()),
        }
    }
    Err(OperationError::Stopped)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use osapi_metrics::ErrorType;

    use super::*;
    use crate::operations::Operation;

    async fn run(path: &Path) -> Result<Output, OperationError> {
        let args = Sha256Args { path: path.to_owned() };
        let job = Job::new(Operation::FileSha256(args.clone()));
        sha256(&job, &args).await
    }

    #[tokio::test]
    async fn a_file_of_several_chunks_is_hashed_whole() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(file.path(), vec![b'a'; 1_000_000]).expect("written");
        let output = run(file.path()).await.expect("hashed");
        let json = serde_json::to_value(&output).expect("valid JSON");
        assert_eq!(json["size_bytes"], 1_000_000);
        // The test vector of FIPS 180-2: one million repetitions of "a".
        assert_eq!(
            json["sha256"],
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }

    #[tokio::test]
    async fn a_missing_file_and_a_directory_are_told_apart() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let missing = run(&folder.path().join("missing")).await;
        let missing = missing.expect_err("there is no such file");
        assert_eq!(missing.error_type(), "not_found");
        assert!(missing.to_string().starts_with("cannot read `"));

        let directory = run(folder.path()).await.expect_err("a directory");
        assert_eq!(directory.error_type(), "not_a_file");
    }

    #[test]
    fn reading_stops_when_the_job_has_ended() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let ended = CancellationToken::new();
        ended.cancel();
        let stopped = digest(file.path().to_owned(), &ended);
        assert!(matches!(stopped, Err(OperationError::Stopped)));
    }
}
