use std::time::Duration;

use clap::Args;

use super::{
    output::{Format, could_not, print_result},
    token::TokenArguments,
    value::{address, duration},
};
use crate::{
    catalogue::{CatalogueSource, Catalogues},
    finding::Verdict,
    name_pattern::NamePattern,
    verify::{Percent, Source, VerifyOptions, verify},
};

/// The arguments of `osapi-metrics verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The catalogue of a program: a file, or the address of a running program. Once for each
    /// program of the system
    #[arg(long, value_name = "FILE|URL", required = true)]
    catalogue: Vec<CatalogueSource>,
    #[command(flatten)]
    token: TokenArguments,
    /// The address of the metrics of a process. Several ones are a system, which is covered if they
    /// record everything together
    #[arg(value_name = "URL", value_parser = address, required_unless_present = "prometheus")]
    endpoints: Vec<String>,
    /// The address of a Prometheus that scrapes the system
    #[arg(long, value_name = "URL", value_parser = address)]
    prometheus: Vec<String>,
    /// How far back a Prometheus is asked
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "1h")]
    since: Duration,
    /// The share of declared metrics that have to be recorded
    #[arg(long, value_name = "PERCENT")]
    coverage: Option<Percent>,
    /// The share of closed values of labels that have to be recorded
    #[arg(long, value_name = "PERCENT")]
    value_coverage: Option<Percent>,
    /// Metrics that the coverage leaves out, as a regular expression of whole names in a scrape
    #[arg(long, value_name = "REGEX")]
    exclude: Vec<NamePattern>,
    /// Metrics that are right without a declaration, as a regular expression of whole names
    #[arg(long, value_name = "REGEX")]
    allow: Vec<NamePattern>,
    /// A label that Prometheus adds to every series of a target, beside `job` and `instance`
    #[arg(long, value_name = "NAME")]
    target_label: Vec<String>,
    /// A constant label, which a runtime gives every series
    #[arg(long, value_name = "NAME")]
    constant_label: Vec<String>,
    /// How long an answer may take
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    timeout: Duration,
    /// The form of the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl VerifyArguments {
    pub(super) fn run(self) -> Verdict {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(error) => return could_not(error),
        };
        let catalogues = match Catalogues::load(&self.catalogue, token.as_ref()) {
            Ok(catalogues) => catalogues,
            Err(error) => return could_not(error),
        };
        let endpoints = self.endpoints.into_iter().map(Source::Endpoint);
        let sources: Vec<_> =
            endpoints.chain(self.prometheus.into_iter().map(Source::Prometheus)).collect();
        let options = VerifyOptions {
            coverage: self.coverage,
            value_coverage: self.value_coverage,
            allowed: self.allow,
            excluded: self.exclude,
            target_labels: self.target_label.into_iter().collect(),
            constant_labels: self.constant_label.into_iter().collect(),
            since: self.since,
            timeout: self.timeout,
            token,
        };
        let report = verify(&catalogues, &sources, &options);
        let text = match self.format {
            Format::Text => report.to_text(),
            Format::Json => report.to_json(),
        };
        print_result(text, report.verdict())
    }
}
