//! The authorities to trust and the client's own identity.

mod files;
mod settings;

pub(crate) use settings::{TlsConnector, TlsSettings};
