//! A job: what a client asks for, the states that it goes through, and how it ends.

mod address;
mod end;
mod id;
mod payload;
mod priority;
mod record;
mod request;
mod requirements;
mod service;

pub use address::http_address;
pub use end::{Failure, FailureReason, FailureType, JobEnd, JobOutput};
pub use id::JobId;
pub use payload::{
    CompressPayload, HashPayload, ImagePayload, Payload, PayloadError, SimulatedFailure,
    SimulationPayload, is_model_name,
};
pub use priority::Priority;
pub use record::{JobRecord, JobState};
pub use request::JobRequest;
pub use requirements::{Capabilities, Requirements, RequirementsError, Trait};
pub use service::Service;
