//! The process, as Linux reports it.
