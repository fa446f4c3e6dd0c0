//! The HTTP API of a service.

mod answer;
mod body;
mod listener;

pub use answer::{ErrorAnswer, answer_unknown};
pub use body::{BodyError, JsonBody, RequestBody};
pub use listener::{ListenError, Listener, Server};
