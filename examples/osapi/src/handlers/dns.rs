//! `dns.resolve`: the addresses of a host, from the resolver of this node.

use std::{net::IpAddr, time::Duration};

use osapi_metrics::instrumented_job;
use serde::Serialize;
use tokio::net::lookup_host;

use super::{error::OperationError, limit::within};
use crate::{
    job::Job,
    operations::{Output, ResolveArgs},
};

/// Long enough for a resolver that asks a second name server when the first does not answer.
const LIMIT: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct Addresses<'a> {
    host: &'a str,
    addresses: Vec<IpAddr>,
}

#[instrumented_job(
    name = "dns.resolve",
    queued_at = job.created_at,
    attempt = job.attempt,
    output_size = |out: &Output| out.len(),
    slo(latency = "5s", target = 0.99, min_events = 20),
)]
pub(super) async fn resolve(job: &Job, args: &ResolveArgs) -> Result<Output, OperationError> {
    let host = args.host.as_str();
    within(LIMIT, async {
        let found = lookup_host((host, 0)).await;
        let found = found
            .map_err(|source| OperationError::HostNotFound { host: host.to_owned(), source })?;
        // The resolver's order is its preference, so sorting to remove duplicates would lose it.
        let mut addresses = Vec::new();
        for address in found {
            if !addresses.contains(&address.ip()) {
                addresses.push(address.ip());
            }
        }
        Ok(Output::json(&Addresses { host, addresses })?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Operation;

    async fn lookup(host: &str) -> Result<Output, OperationError> {
        let args = ResolveArgs { host: host.into() };
        let job = Job::new(Operation::DnsResolve(args.clone()));
        resolve(&job, &args).await
    }

    #[tokio::test]
    async fn an_address_resolves_to_itself() {
        let output = lookup("127.0.0.1").await.expect("no lookup is needed");
        assert_eq!(
            serde_json::to_value(&output).expect("valid JSON"),
            serde_json::json!({"host": "127.0.0.1", "addresses": ["127.0.0.1"]})
        );
    }

    #[tokio::test]
    async fn a_host_that_cannot_exist_is_not_found() {
        // The resolver itself refuses an empty label, so no query leaves the machine.
        let error = lookup("a..b").await.expect_err("no such host");
        assert!(matches!(error, OperationError::HostNotFound { .. }));
        assert!(error.to_string().starts_with("cannot resolve `a..b`: "));
    }
}
