use std::path::PathBuf;

use clap::Args;

use super::{
    output::{Format, could_not, print_result},
    token::TokenArguments,
};
use crate::{
    catalogue::{CatalogueSource, Catalogues},
    check::{CheckOptions, check},
    documents::Document,
    finding::Verdict,
    name_pattern::NamePattern,
};

/// The arguments of `osapi-metrics check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The catalogue of a program: a file, or the address of a running program. Once for each
    /// program of the system
    #[arg(long, value_name = "FILE|URL", required = true)]
    catalogue: Vec<CatalogueSource>,
    #[command(flatten)]
    token: TokenArguments,
    /// Names of samples that other programs export, as a regular expression of whole names
    #[arg(long, value_name = "REGEX")]
    allow: Vec<NamePattern>,
    /// A label that Prometheus adds to every series of a target, beside `job` and `instance`
    #[arg(long, value_name = "NAME")]
    target_label: Vec<String>,
    /// The form of the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Dashboards (.json), rules (.yml, .yaml, .rules) and pages (.md)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl CheckArguments {
    pub(super) fn run(self) -> Verdict {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(error) => return could_not(error),
        };
        let catalogues = match Catalogues::load(&self.catalogue, token.as_ref()) {
            Ok(catalogues) => catalogues,
            Err(error) => return could_not(error),
        };
        let options =
            CheckOptions::default().allow(self.allow).with_target_labels(self.target_label);
        let documents: Vec<_> = self.files.iter().map(|file| Document::read(file)).collect();
        let report = check(&catalogues, &documents, &options);
        let text = match self.format {
            Format::Text => report.to_text(),
            Format::Json => report.to_json(),
        };
        print_result(text, report.verdict())
    }
}
