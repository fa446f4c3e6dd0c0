//! A queue on a Redis server, for processes that share it.
//!
//! Every change is one script on the server, so it happens completely or not at all, and one change
//! is seen before or after another one, never half. The scripts are in `scripts/`; they publish
//! what happens, so that events agree with the records. The server's clock is the only clock.
//!
//! ```text
//!  RedisQueue ──scripts──► connection ───► Redis: jobs, queues, workers
//!      ▲                     health  ───►   │
//!      └── events, wake-ups ── subscriber ◄─┘ PUBLISH
//! ```
//!
//! # Keys
//!
//! All begin with `{job-queue}:`, whose braces keep them in one slot of a cluster. Times are
//! microseconds since 1970, by the clock of the server.
//!
//! | key | type | contents |
//! |---|---|---|
//! | `job:ID` | hash | a job: what its client sees, and what the scripts need (below) |
//! | `queue:CLASS` | sorted set | the jobs of a class that a worker can claim now, by rank |
//! | `classes` | hash | the classes with such jobs, with the time when a worker was there last that could run them |
//! | `delayed` | sorted set | the jobs that wait for their next attempt, by the time when it is due |
//! | `queued` | number | the jobs that wait: in a class or delayed |
//! | `submitted` | number | the jobs that were ever submitted |
//! | `finished` | list | the jobs that are over, oldest first; the record of the oldest is dropped |
//! | `workers` | sorted set | the workers, by the time when they were heard last |
//! | `worker-info` | hash | the number of slots and the profile of each worker |
//! | `owners` | hash | the process of each worker, by an id of its own |
//! | `profiles` | hash | the profiles of workers: the services and capabilities as JSON, by their digest |
//! | `heads:PROFILE` | sorted set | the classes that workers of a profile can run, by the rank of their first job, and `~` behind them |
//! | `held:WORKER` | set | the jobs that a worker has |
//! | `format` | number | the version of this table: 1 |
//! | `since` | number | when the first process used the queue |
//! | `checked` | number | when a process last checked that the server takes writes |
//! | `tried`, `tried-too` | any | for a moment in a check, which tries every command |
//! | `unreadable` | list | what was put aside since the last sweep, which logs and counts it |
//! | `aside:KEY` | any | a key of this table that had another type, with what is in it |
//!
//! The records, `job:ID`, are the jobs. The other keys follow from them and from what workers say,
//! but for the order of the jobs that are over. When something removes such a key, it is made
//! again: the heads of a profile with the next call of its workers, the others by the sweeps, which
//! together look at each record again and again, a thousand keys of the database each. So no job
//! waits for ever. A record that is removed is a job that is lost: it is reported when its id is
//! met. When `since` is another one than before, all of them may be.
//!
//! A class is a service and requirements, such as `hash {"memory":4}`: a worker can run all of its
//! jobs or none. A profile is what workers of one kind have. Requirements and capabilities are
//! compared when a class or a profile is new; a claim takes the first job of the first class of its
//! profile. A rank is the order of the priority, times 2^50, plus the number of the job among all
//! that were submitted.
//!
//! | field of a job | contents |
//! |---|---|
//! | `request`, `output`, `failure` | what the client asked for, the output, the last failure, as JSON |
//! | `state`, `created`, `attempts`, `worker`, `progress` | as in [`JobRecord`](crate::job::JobRecord) |
//! | `service`, `priority`, `class`, `rank`, `retries` | what follows from the request |
//! | `claim`, `claimed` | the number of claims, and the time of the last one |
//! | `retried`, `lost_workers` | retries that are used up, workers that died while they had the job |
//! | `settled` | the last claim that was finished, with the answer: a repeated call has the same |
//! | `kept` | where the payload has a text: what `request` is when the job is over |
//!
//! # Channels
//!
//! | channel | message |
//! |---|---|
//! | `events` | a [`JobEvent`](super::JobEvent) as JSON |
//! | `wake` | the class of a job that can be claimed |
//!
//! A worker that finds no job waits for a message about a class that it can run. It also looks
//! again when the subscription was away, and every 5 seconds.
//!
//! # Faults
//!
//! * The server goes away: calls fail after some seconds at most, and the next ones work when it is
//!   back. A call whose answer was lost is repeated where that changes nothing.
//! * The server forgets a script (`SCRIPT FLUSH`): the call has not begun, and is sent once more
//!   with the text of the script.
//! * The server is killed and started again: with `appendonly yes` and `appendfsync always` it has
//!   every job that it accepted and every end, also after a crash of the machine. With `everysec`,
//!   the default, it may have lost what it answered in the last two seconds while the disk was
//!   busy. Workers are not taken for dead for the time when the server was away.
//! * A worker dies: see [`sweep`](super::Queue::sweep). Whatever the worker sends later has the
//!   number of its claim, which does not count any more.
//! * Two processes have a worker of one name: the one that was first keeps it, and the other is
//!   refused until that one has left or was silent for the time after which workers are dead.
//! * The answer to a claim is lost: the job goes back with a
//!   [heartbeat](super::Queue::heartbeat) of the worker.
//! * Another version writes these keys: it changes `format`, and every call fails until that is
//!   changed back or removed.
//! * Something else writes these keys. A job whose record cannot be read is put aside where a
//!   script meets it: it has failed, and others go on. So is a key of one class, profile or worker
//!   that has another type. A key of the whole queue that has another type is named, and nothing is
//!   changed. The counts of jobs are counted again, and times to come are set back.
//! * A server that evicts keys loses jobs: with one of the policies `allkeys-…` it is not ready,
//!   and takes no jobs from here.

mod connection;
mod health;
mod queue;
mod scripts;
mod server;
mod subscriber;
mod wire;

pub use queue::RedisQueue;
pub use server::{RedisServer, RedisServerError};

/// The beginning of all keys and channels.
const PREFIX: &str = "{job-queue}:";
