use std::path::PathBuf;

use clap::Args;

use super::{
    output::{could_not, print_result},
    token::TokenArguments,
};
use crate::{
    catalogue::{CatalogueSource, Catalogues},
    finding::Verdict,
    generate::{NameChanges, Origin, RuleOptions, Stale, Write, generate},
};

/// The arguments of `osapi-metrics generate`.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// The catalogue of a program: a file, or the address of a running program. Once for each
    /// program of the system
    #[arg(long, value_name = "FILE|URL", required = true)]
    catalogue: Vec<CatalogueSource>,
    #[command(flatten)]
    token: TokenArguments,
    /// The folder for the files. Files there that an earlier call has generated, and that are not
    /// generated any more, are removed
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Writes nothing, and reports the files that are not as they would be generated
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    rules: RuleArguments,
}

/// The arguments of the rules for Prometheus.
#[derive(Debug, Args)]
struct RuleArguments {
    /// The address of the generated page `metrics.md`, which alerts of sets without a runbook lead
    /// to
    #[arg(long, value_name = "URL", default_value = "../metrics.md")]
    docs_url: String,
    /// The factor of the windows of objectives
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, hide = true, value_parser = scale)]
    window_scale: f64,
}

impl GenerateArguments {
    pub(super) fn run(self) -> Verdict {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(error) => return could_not(error),
        };
        let catalogues = match Catalogues::load(&self.catalogue, token.as_ref()) {
            Ok(catalogues) => catalogues,
            Err(error) => return could_not(error),
        };
        let origin = Origin {
            catalogues: self.catalogue.iter().map(ToString::to_string).collect(),
            folder: self.out.display().to_string(),
        };
        let RuleArguments { docs_url, window_scale } = self.rules;
        let rules = RuleOptions { docs_url, window_scale };
        let artefacts = generate(&catalogues, &origin, &rules);
        if !self.check {
            return match Write::to(&self.out, &artefacts) {
                Ok(Write { written, unchanged, removed }) => print_result(
                    format_args!("{written} written, {unchanged} unchanged, {removed} removed\n"),
                    Verdict::Clean,
                ),
                Err(error) => could_not(error),
            };
        }
        match Stale::find(&self.out, &artefacts) {
            Ok(stale) if stale.is_empty() => print_result(
                format_args!("{} files are as they would be generated\n", artefacts.len()),
                Verdict::Clean,
            ),
            Ok(stale) => {
                let stale: Vec<_> = stale.iter().map(ToString::to_string).collect();
                let stale = stale.join("\n");
                let changes = NameChanges::find(&self.out, &artefacts);
                let remedy = "the command in each file, without `--check`, writes them";
                print_result(format_args!("{stale}\n{changes}{remedy}\n"), Verdict::Found)
            }
            Err(error) => could_not(error),
        }
    }
}

fn scale(text: &str) -> Result<f64, String> {
    let scale = text.parse::<f64>().ok().filter(|scale| scale.is_finite() && *scale > 0.0);
    scale.ok_or_else(|| "it is not a number above 0".to_owned())
}
