//! The agents that an API server knows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

/// The connected agents. Clones share the list.
///
/// An agent of another process is connected while its heartbeats arrive. An agent of this process
/// is connected until it leaves.
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
    list: Arc<Mutex<AgentList>>,
}

#[derive(Debug)]
struct AgentList {
    agents: HashMap<Uuid, Agent>,
    /// When the agents were removed last that count as gone.
    swept: Instant,
}

#[derive(Debug)]
struct Agent {
    name: String,
    /// The time of the last heartbeat; `None` for an agent of this process, which sends none.
    last_heartbeat: Option<Instant>,
}

/// An agent of this process. Dropping it removes the agent from the fleet.
#[derive(Debug)]
pub struct Member {
    fleet: Fleet,
    instance: Uuid,
}

/// An agent counts as gone after this many intervals without a heartbeat.
const INTERVALS: u32 = 3;

/// The most agents that are known. Anyone may send heartbeats who reaches the broker.
const MOST_AGENTS: usize = 10_000;

/// The most bytes of an agent's name.
pub const MAX_AGENT_NAME: usize = 64;

impl Fleet {
    /// A fleet without agents. `interval` is the time between two heartbeats of an agent.
    pub fn new(interval: Duration) -> Self {
        let list = AgentList { agents: HashMap::new(), swept: Instant::now() };
        Self { interval, list: Arc::new(Mutex::new(list)) }
    }

    /// Adds an agent of this process.
    pub fn join(&self, name: &str) -> Member {
        let instance = Uuid::now_v7();
        let agent = Agent { name: name.to_owned(), last_heartbeat: None };
        self.list().agents.insert(instance, agent);
        Member { fleet: self.clone(), instance }
    }

    /// Records a heartbeat of an agent of another process. It is ignored if its name is longer than
    /// [`MAX_AGENT_NAME`], or if it is the first one of an agent and too many are known.
    pub fn heartbeat(&self, instance: Uuid, name: String) {
        if name.len() > MAX_AGENT_NAME {
            return;
        }
        let mut list = self.list();
        if list.agents.len() >= MOST_AGENTS && !list.agents.contains_key(&instance) {
            // Not for each heartbeat: a stranger may send many.
            if list.swept.elapsed() >= self.interval {
                list.sweep(self.interval);
            }
            if list.agents.len() >= MOST_AGENTS {
                return;
            }
        }
        list.agents.insert(instance, Agent { name, last_heartbeat: Some(Instant::now()) });
    }

    /// Removes an agent that has left.
    pub fn remove(&self, instance: Uuid) {
        self.list().agents.remove(&instance);
    }

    /// The number of connected agents.
    pub fn connected(&self) -> u64 {
        self.swept().agents.len() as u64
    }

    /// The time since the last heartbeat, by the name of the agent. Two agents with one name have
    /// one entry, with the latest heartbeat. Agents of this process have no entry, nor do agents
    /// without a heartbeat for three intervals.
    pub fn heartbeat_ages(&self) -> HashMap<String, Duration> {
        let mut ages = HashMap::new();
        for agent in self.swept().agents.values() {
            if let Some(heartbeat) = agent.last_heartbeat {
                let age = ages.entry(agent.name.clone()).or_insert(Duration::MAX);
                *age = heartbeat.elapsed().min(*age);
            }
        }
        ages
    }

    /// The connected agents, without those that count as gone.
    fn swept(&self) -> MutexGuard<'_, AgentList> {
        let mut list = self.list();
        list.sweep(self.interval);
        list
    }

    fn list(&self) -> MutexGuard<'_, AgentList> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AgentList {
    fn sweep(&mut self, interval: Duration) {
        let longest = interval * INTERVALS;
        self.agents.retain(|_, agent| agent.last_heartbeat.is_none_or(|at| at.elapsed() < longest));
        self.swept = Instant::now();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.fleet.remove(self.instance);
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
        fleet.heartbeat(silent, "silent".into());
        fleet.heartbeat(lively, "lively".into());
        advance(INTERVAL * 2).await;
        fleet.heartbeat(lively, "lively".into());
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
        fleet.heartbeat(first, "a".into());
        advance(INTERVAL).await;
        fleet.heartbeat(second, "a".into());
        assert_eq!(fleet.connected(), 2);
        assert_eq!(fleet.heartbeat_ages(), HashMap::from([("a".to_owned(), Duration::ZERO)]));
        fleet.remove(second);
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
    #[tokio::test(start_paused = true)]
    async fn strangers_do_not_fill_the_memory_and_agents_come_back() {
        let fleet = Fleet::new(INTERVAL);
        let agent = Uuid::now_v7();
        fleet.heartbeat(agent, "agent".into());
        for _ in 0..MOST_AGENTS + 10 {
            fleet.heartbeat(Uuid::now_v7(), "stranger".into());
        }
        fleet.heartbeat(Uuid::now_v7(), "x".repeat(MAX_AGENT_NAME + 1));
        assert_eq!(fleet.connected(), MOST_AGENTS as u64);
        advance(INTERVAL * 2).await;
        // One that is known is heard while there are too many.
        fleet.heartbeat(agent, "agent".into());
        assert_eq!(fleet.heartbeat_ages()["agent"], Duration::ZERO);
        advance(INTERVAL).await;
        fleet.heartbeat(Uuid::now_v7(), "new".into());
        assert_eq!(fleet.connected(), 2);
    }
}
