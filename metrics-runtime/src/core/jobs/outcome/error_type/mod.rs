//! The classes of errors.
//!
//! A type has a class if it implements [`ErrorType`]. An error of unknown type has the class of the
//! first error in its chain of sources whose type is [known](known_errors).

mod chain;
mod class;
#[cfg(any(feature = "prometheus", feature = "_otlp"))]
mod elapsed;
mod inner_error;
mod io_error;
mod known_errors;
mod label;
mod lookup;
mod registration;
mod standard;

pub use class::ErrorType;
pub use inner_error::{InnerError, InnerErrorClass};
pub use label::ErrorLabel;
pub use registration::{AddError, ErrorCandidate, ErrorRegistration};

pub(super) use chain::Chain;
pub(super) use inner_error::{ByNothing, ByReport, BySources, ByType};
