//! The HTTP API of a service.

mod answer;
mod body;
mod limits;
mod parameters;

pub use answer::{ErrorAnswer, answer_unknown};
pub use body::{BodyError, JsonBody, RequestBody};
pub use limits::LimitArgs;
pub use parameters::{
    NoParameters, PathError, PathText, QueryError, QueryParameters, RequestQuery,
};
