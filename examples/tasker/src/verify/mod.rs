//! The checklist of a running tasker.
