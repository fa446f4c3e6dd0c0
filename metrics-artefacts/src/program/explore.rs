use std::{
    io::{self, Write as _},
    net::SocketAddr,
    thread,
    time::Duration,
};

use clap::Args;

use super::{
    output::{complain, could_not},
    token::TokenArguments,
    value::{address, duration},
};
use crate::{
    catalogue::CatalogueSource,
    explore::{Exploration, ExploreOptions},
    finding::Verdict,
};

/// The arguments of `osapi-metrics explore`.
#[derive(Debug, Args)]
pub struct ExploreArguments {
    /// The address of the metrics of a process, once for each process
    #[arg(value_name = "URL", value_parser = address, required = true)]
    endpoints: Vec<String>,
    /// The catalogue of a program: a file, or the address of a running program. Without it each
    /// process is asked for its own, at `/catalogue` below the address of its metrics
    #[arg(long, value_name = "FILE|URL")]
    catalogue: Vec<CatalogueSource>,
    #[command(flatten)]
    token: TokenArguments,
    /// The address of the page, which everybody who reaches it may read; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = ExploreOptions::LISTEN)]
    listen: SocketAddr,
    /// How long an answer may take
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    timeout: Duration,
}

impl ExploreArguments {
    /// Serves the page until the program is ended.
    pub(super) fn run(self) -> Verdict {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(error) => return could_not(error),
        };
        let mut options = ExploreOptions::new(self.endpoints);
        options.catalogues = self.catalogue;
        options.listen = self.listen;
        options.timeout = self.timeout;
        options.token = token;
        let page = match Exploration::start(&options, |notice| complain(notice)) {
            Ok(page) => page,
            Err(error) => return could_not(error),
        };
        // A reader that has closed the pipe can still look at the page.
        let _ = writeln!(io::stdout(), "http://{}/metrics/explorer", page.address());
        loop {
            thread::park();
        }
    }
}
