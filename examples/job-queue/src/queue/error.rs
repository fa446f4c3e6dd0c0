/// Why a queue refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The service is stopping and takes no more jobs.
    #[error("the queue is closed; the service is stopping")]
    Closed,
    /// As many jobs wait as the queue may hold.
    #[error("the queue is full: {limit} jobs are waiting; try again later")]
    Full {
        /// The most jobs that may wait.
        limit: usize,
    },
    /// The jobs of a queue in the process take as much memory as they may.
    #[error("the jobs of the queue may take {limit} bytes, and there is no room; try again later")]
    NoRoom {
        /// The most bytes.
        limit: u64,
    },
    /// The jobs that wait have as many different requirements as the queue compares.
    #[error("jobs with {limit} different requirements are waiting; try again later")]
    TooVaried {
        /// The most different requirements.
        limit: usize,
    },
    /// The queue cannot be reached or does not answer as it should. The next call tries again.
    #[error("the queue is away: {reason}")]
    Away {
        /// The server, and its problem.
        reason: String,
    },
    /// The server of the queue answers, and refuses what the queue asks. The next call tries again.
    #[error("the queue cannot be used: {reason}")]
    Refused {
        /// The kind of the problem.
        refusal: Refusal,
        /// The server, and its problem.
        reason: String,
    },
    /// What is stored for a job is not what this version writes.
    #[error("the record of job {id} cannot be read: {reason}")]
    Foreign {
        /// The job.
        id: String,
        /// The field, and its problem.
        reason: String,
    },
}

/// Why a server refuses what the queue asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its memory is used up.
    Full,
    /// It takes no writes: it is a replica.
    ReadOnly,
    /// It takes no writes: it cannot save them.
    Unsaved,
    /// The credentials are wrong or missing, or do not allow it.
    Login,
    /// It may remove jobs when its memory is used up.
    Evicts,
    /// It loads its data, or runs a script for long.
    Busy,
    /// What is stored is not of this version of the program.
    Foreign,
    /// Another worker has the name of this one.
    NameTaken,
    /// Another reason.
    Other,
}

impl QueueError {
    /// The kind of the error, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "stopping",
            Self::Full { .. } => "queue_full",
            Self::NoRoom { .. } => "store_full",
            Self::TooVaried { .. } => "too_many_requirements",
            Self::Away { .. } => "queue_away",
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Foreign { .. } => "foreign_record",
        }
    }

    /// Whether the server of the queue cannot be used. The queue itself logs when that begins and
    /// ends, and it ends on its own.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Away { .. } => true,
            Self::Refused { refusal, .. } => {
                !matches!(refusal, Refusal::Foreign | Refusal::NameTaken | Refusal::Other)
            }
            _ => false,
        }
    }
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::Full => "store_full",
            Self::ReadOnly => "store_read_only",
            Self::Unsaved => "store_cannot_save",
            Self::Login => "store_refuses_login",
            Self::Evicts => "store_evicts",
            Self::Busy => "store_busy",
            Self::Foreign => "foreign_store",
            Self::NameTaken => "name_taken",
            Self::Other => "store_refuses",
        }
    }
}
