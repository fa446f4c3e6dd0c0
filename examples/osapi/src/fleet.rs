//! The agents that an API server knows of.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

/// Which agents are connected. Clones share it.
///
/// An agent of another process is in it as long as its heartbeats come; one of this process until
/// it leaves.
///
/// ```
/// use std::time::Duration;
/// use osapi::fleet::Fleet;
///
/// let fleet = Fleet::new(Duration::from_secs(2));
/// let agent = fleet.join("agent-1");
/// assert_eq!(fleet.connected(), 1);
/// drop(agent);
/// assert_eq!(fleet.connected(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Fleet {
    interval: Duration,
    agents: Arc<Mutex<HashMap<Uuid, Agent>>>,
}

#[derive(Debug)]
struct Agent {
    name: String,
    /// When its last heartbeat came; `None` if it needs none.
    seen: Option<Instant>,
}

/// An agent of this process. Dropping it takes the agent out of the fleet.
#[derive(Debug)]
pub struct Member {
    fleet: Fleet,
    instance: Uuid,
}

/// After this many intervals without a heartbeat an agent is gone.
const INTERVALS: u32 = 3;

impl Fleet {
    /// A fleet without agents, whose heartbeats come at this interval.
    pub fn new(interval: Duration) -> Self {
        Self { interval, agents: Arc::default() }
    }

    /// Takes in an agent of this process.
    pub fn join(&self, name: &str) -> Member {
        let instance = Uuid::now_v7();
        self.agents().insert(instance, Agent { name: name.to_owned(), seen: None });
        Member { fleet: self.clone(), instance }
    }

    /// Notes a heartbeat.
    pub fn seen(&self, instance: Uuid, name: String) {
        self.agents().insert(instance, Agent { name, seen: Some(Instant::now()) });
    }

    /// Notes that an agent has left.
    pub fn left(&self, instance: Uuid) {
        self.agents().remove(&instance);
    }

    /// How many agents are connected.
    pub fn connected(&self) -> u64 {
        self.agents().len() as u64
    }

    /// How long ago each agent's last heartbeat came, by its name; of two with one name, the
    /// latest. Agents that were never heard of, or not for three intervals, are not among them.
    pub fn heartbeat_ages(&self) -> HashMap<String, Duration> {
        let mut ages = HashMap::new();
        for agent in self.agents().values() {
            if let Some(seen) = agent.seen {
                let age = ages.entry(agent.name.clone()).or_insert(Duration::MAX);
                *age = seen.elapsed().min(*age);
            }
        }
        ages
    }

    /// Those that are there; the others are forgotten.
    fn agents(&self) -> MutexGuard<'_, HashMap<Uuid, Agent>> {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = self.interval * INTERVALS;
        agents.retain(|_, agent| agent.seen.is_none_or(|seen| seen.elapsed() < longest));
        agents
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.fleet.left(self.instance);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn a_silent_agent_is_gone_after_three_intervals() {
        let fleet = Fleet::new(INTERVAL);
        assert_eq!((fleet.connected(), fleet.heartbeat_ages().len()), (0, 0));
        let (silent, lively) = (Uuid::now_v7(), Uuid::now_v7());
        fleet.seen(silent, "silent".into());
        fleet.seen(lively, "lively".into());
        advance(INTERVAL * 2).await;
        fleet.seen(lively, "lively".into());
        assert_eq!(fleet.connected(), 2);
        assert_eq!(fleet.heartbeat_ages()["silent"], INTERVAL * 2);
        advance(INTERVAL).await;
        assert_eq!(fleet.connected(), 1);
        assert_eq!(fleet.heartbeat_ages(), HashMap::from([("lively".to_owned(), INTERVAL)]));
    }

    #[tokio::test(start_paused = true)]
    async fn two_agents_of_one_name_are_two_and_the_younger_heartbeat_counts() {
        let fleet = Fleet::new(INTERVAL);
        let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
        fleet.seen(first, "a".into());
        advance(INTERVAL).await;
        fleet.seen(second, "a".into());
        assert_eq!(fleet.connected(), 2);
        assert_eq!(fleet.heartbeat_ages(), HashMap::from([("a".to_owned(), Duration::ZERO)]));
        fleet.left(second);
        assert_eq!(fleet.connected(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_agent_of_this_process_stays_until_it_leaves() {
        let fleet = Fleet::new(INTERVAL);
        let member = fleet.join("here");
        advance(INTERVAL * 100).await;
        assert_eq!((fleet.connected(), fleet.heartbeat_ages().len()), (1, 0));
        drop(member);
        assert_eq!(fleet.connected(), 0);
    }
}
