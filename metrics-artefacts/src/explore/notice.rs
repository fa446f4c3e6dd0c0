use std::fmt;

/// What somebody at the terminal wants to know while the page is served. One for each change of
/// state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A process does not answer, or not with metrics.
    Away {
        /// The address and the reason.
        problem: String,
    },
    /// A process answers that did not.
    Back {
        /// The address.
        url: String,
    },
    /// A process has no catalogue, so that its metrics are shown without their declarations.
    NoCatalogue {
        /// The address and the reason.
        problem: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away { problem } => f.write_str(problem),
            Self::Back { url } => write!(f, "{url}: it answers again"),
            Self::NoCatalogue { problem } => {
                write!(f, "{problem}; the metrics are shown without their declarations")
            }
        }
    }
}
