use crate::job::{JobRequest, Requirements, Service};

/// The jobs of one service with the same requirements: a worker can run all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct JobClass {
    pub(super) service: Service,
    pub(super) requirements: Requirements,
}

impl JobClass {
    /// The class of a job.
    pub(super) fn of(request: &JobRequest) -> Self {
        Self { service: request.service(), requirements: request.requirements.clone() }
    }
}
