use clap::{Parser, Subcommand};

use super::{
    check::CheckArguments, diff::DiffArguments, explore::ExploreArguments,
    generate::GenerateArguments, render::RenderArguments, verify::VerifyArguments,
};

/// Dashboards, rules and documentation from metric declarations, and a check that they stay true.
///
/// The exit status is 0 if nothing was found, 1 if something was found, and 2 if something could
/// not be checked.
#[derive(Debug, Parser)]
#[command(name = "osapi-metrics", version)]
pub struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Writes what is derived from catalogues: dashboards, rules with tests, documentation.
    Generate(GenerateArguments),
    /// Holds dashboards, rules and pages that people write against catalogues.
    Check(CheckArguments),
    /// Shows what has changed between two catalogues, each with its grade.
    Diff(DiffArguments),
    /// Compares what running programs expose, or what a Prometheus has stored of them, with their
    /// catalogues: what is not declared, and what was never recorded.
    Verify(VerifyArguments),
    /// Serves the live page of processes that are elsewhere, until it is ended.
    Explore(ExploreArguments),
    /// Draws dashboards from the data of a Prometheus, where no Grafana is at hand.
    Render(RenderArguments),
}
