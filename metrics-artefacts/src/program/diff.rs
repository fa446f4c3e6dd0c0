use clap::{Args, ValueEnum};
use osapi_metrics::catalogue::document::Grade;

use super::{
    output::{Format, could_not, print_result},
    token::TokenArguments,
};
use crate::{catalogue::CatalogueSource, diff::Difference, finding::Verdict};

/// The arguments of `osapi-metrics diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The former catalogue: a file, or the address of a running program
    old: CatalogueSource,
    /// The new catalogue: a file, or the address of a running program
    new: CatalogueSource,
    #[command(flatten)]
    token: TokenArguments,
    /// The grade from which on a change makes the exit status 1
    #[arg(long, value_name = "GRADE", default_value = "breaking")]
    fail_on: GradeArgument,
    /// The form of the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GradeArgument {
    Breaking,
    Compatible,
    Harmless,
}

impl DiffArguments {
    pub(super) fn run(self) -> Verdict {
        let token = match self.token.read() {
            Ok(token) => token,
            Err(error) => return could_not(error),
        };
        let token = token.as_ref();
        let (old, new) = match (self.old.load(token), self.new.load(token)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(error), _) | (_, Err(error)) => return could_not(error),
        };
        let difference = Difference::between(&old, &new, self.fail_on.into());
        let text = match self.format {
            Format::Text => difference.to_text(),
            Format::Json => difference.to_json(),
        };
        let verdict = if difference.is_failure() { Verdict::Found } else { Verdict::Clean };
        print_result(text, verdict)
    }
}

impl From<GradeArgument> for Grade {
    fn from(grade: GradeArgument) -> Self {
        match grade {
            GradeArgument::Breaking => Self::Breaking,
            GradeArgument::Compatible => Self::Compatible,
            GradeArgument::Harmless => Self::Harmless,
        }
    }
}
