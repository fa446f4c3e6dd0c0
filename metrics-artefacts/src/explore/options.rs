use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::{bearer::BearerToken, catalogue::CatalogueSource};

/// The most processes on a page.
pub const MAX_TARGETS: usize = 64;

/// What is shown, and where.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExploreOptions {
    /// The addresses of the metrics of the processes.
    pub urls: Vec<String>,
    /// The catalogues of the processes. If there are none, each process is asked for its own, below
    /// the address of its metrics.
    pub catalogues: Vec<CatalogueSource>,
    /// The address of the page; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long an answer of a process may take.
    pub timeout: Duration,
    /// The token that the processes ask for.
    pub token: Option<BearerToken>,
}

impl ExploreOptions {
    /// The address of the page, unless somebody says otherwise.
    pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9465);
    /// How long an answer may take, unless somebody says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// A page of these processes.
    pub fn new(urls: Vec<String>) -> Self {
        Self {
            urls,
            catalogues: Vec::new(),
            listen: Self::LISTEN,
            timeout: Self::TIMEOUT,
            token: None,
        }
    }
}
