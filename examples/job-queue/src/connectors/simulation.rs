//! `simulation`: passes time, and fails in the way that it is asked to.

use std::{
    future::pending,
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::json;
use tokio::{
    net::{TcpSocket, lookup_host},
    time::sleep,
};

use super::{ConnectorError, Connectors, Progress, blocking::blocking, buffer};
use crate::job::{JobOutput, SimulatedFailure, SimulationPayload};

/// A host that has no address on any network: RFC 2606 reserves the name.
const UNKNOWN_HOST: &str = "job-queue.invalid";

pub(super) async fn run(
    connectors: &Connectors,
    payload: &SimulationPayload,
    attempt: u32,
    progress: &Progress,
) -> Result<JobOutput, ConnectorError> {
    if let Some(model) = &payload.model {
        connectors.models.get(model).await?;
    }
    let steps = payload.steps.max(1);
    let step = Duration::from_millis(payload.millis) / steps;
    for done in 1..=steps {
        sleep(step).await;
        progress.set(done.into(), steps.into());
    }
    let (bytes, limit) = (payload.output_bytes, connectors.memory_limit);
    // Discarded at once.
    blocking(move |_| buffer(bytes, limit)).await?;
    let fails = payload.failing_attempts.is_none_or(|failing| attempt <= failing);
    if let Some(failure) = payload.fail.filter(|_| fails) {
        return Err(provoke(failure).await);
    }
    Ok(JobOutput {
        bytes,
        summary: json!({ "millis": payload.millis, "steps": payload.steps }),
        billable_operations: payload.millis.div_ceil(1_000).max(1),
    })
}

/// Does what fails in this way, and returns the error.
async fn provoke(failure: SimulatedFailure) -> ConnectorError {
    match failure {
        // The job's time-out ends it.
        SimulatedFailure::Timeout => pending().await,
        SimulatedFailure::Memory => refused_allocation(),
        SimulatedFailure::Network => unknown_host().await,
        SimulatedFailure::Connection => {
            refused_connection().await.unwrap_or_else(ConnectorError::Output)
        }
        SimulatedFailure::Unknown => ConnectorError::Simulated,
        SimulatedFailure::Panic => panic!("the payload asks for a panic"),
    }
}

fn refused_allocation() -> ConnectorError {
    // More than any address space has.
    let bytes = isize::MAX.unsigned_abs();
    match Vec::<u8>::new().try_reserve_exact(bytes) {
        Err(cause) => ConnectorError::OutOfMemory { bytes: bytes as u64, cause },
        Ok(()) => ConnectorError::Simulated,
    }
}

async fn unknown_host() -> ConnectorError {
    let cause = match lookup_host((UNKNOWN_HOST, 80)).await {
        Err(cause) => cause,
        Ok(_) => io::Error::other("the resolver answers for every name"),
    };
    ConnectorError::HostNotFound { host: UNKNOWN_HOST.to_owned(), cause }
}

/// Connects to a port that is taken and where nobody listens.
async fn refused_connection() -> io::Result<ConnectorError> {
    let taken = TcpSocket::new_v4()?;
    taken.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let address = taken.local_addr()?;
    match TcpSocket::new_v4()?.connect(address).await {
        Err(cause) => Ok(ConnectorError::ConnectionRefused { address, cause }),
        Ok(_) => Ok(ConnectorError::Simulated),
    }
}
