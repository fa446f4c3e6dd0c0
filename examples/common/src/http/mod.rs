//! The HTTP API of a service.

mod answer;
mod body;
mod limits;
mod parameters;
mod routes;

pub use answer::ErrorAnswer;
pub use body::{BodyError, JsonBody, RequestBody};
pub use limits::LimitArgs;
pub use parameters::{
    NoParameters, PathError, PathText, QueryError, QueryParameters, RequestQuery,
};
pub use routes::Routes;
