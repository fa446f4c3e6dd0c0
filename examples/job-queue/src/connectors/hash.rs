//! `hash`: the SHA-256 digest of a text, or of what is at an address.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    ConnectorError, Connectors, Progress,
    blocking::{Stop, blocking},
};
use crate::{
    hex::hex,
    job::{HashPayload, JobOutput},
};

/// The most bytes that are read from an address.
const MAX_BYTES: u64 = 8 << 20;
/// The rounds between two looks at the stop.
const ROUNDS_AT_ONCE: u32 = 1_024;

pub(super) async fn run(
    connectors: &Connectors,
    payload: &HashPayload,
    progress: &Progress,
) -> Result<JobOutput, ConnectorError> {
    let input = match (&payload.text, &payload.url) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(url)) => connectors.http.get(url, MAX_BYTES).await?,
        (None, None) => Vec::new(),
    };
    let (rounds, progress) = (payload.rounds, progress.clone());
    let length = input.len();
    let digest = blocking(move |stop| digest(&input, rounds, stop, &progress)).await?;
    Ok(JobOutput {
        bytes: digest.len() as u64,
        summary: json!({ "sha256": hex(&digest), "input_bytes": length, "rounds": rounds }),
        // Digests.
        billable_operations: u64::from(rounds) + 1,
    })
}

/// The digest of the input, digested again `rounds` times.
fn digest(
    input: &[u8],
    rounds: u32,
    stop: &Stop,
    progress: &Progress,
) -> Result<[u8; 32], ConnectorError> {
    let mut digest = Sha256::digest(input);
    for round in 0..rounds {
        if round % ROUNDS_AT_ONCE == 0 {
            stop.check()?;
            progress.set(round.into(), rounds.into());
        }
        digest = Sha256::digest(digest);
    }
    progress.set(1, 1);
    Ok(digest.into())
}
