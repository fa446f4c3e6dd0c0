//! Workers and tasks of a tokio runtime.
