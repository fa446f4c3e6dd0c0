//! What one sample has of one container.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    BlockDevice, BlockOperation, Container,
    answers::{BlockEntry, CpuUsage, Listed, NetworkStatistics, Statistics},
    date,
};

/// The values of a container at one moment. `None` for what the engine does not report.
#[derive(Debug)]
pub(super) struct ContainerSample {
    pub(super) container: Arc<Container>,
    /// When the engine has read the values.
    pub(super) at: SystemTime,
    pub(super) cpu: CpuUsage,
    /// Processors in use since the sample before.
    pub(super) processors: Option<f64>,
    pub(super) memory_usage: Option<u64>,
    pub(super) memory_limit: Option<u64>,
    pub(super) memory_total_cache: Option<u64>,
    pub(super) memory_file: Option<u64>,
    pub(super) interfaces: Vec<(Arc<str>, NetworkStatistics)>,
    pub(super) blocks: Vec<(BlockDevice, BlockOperation, u64)>,
    pub(super) started: Option<SystemTime>,
}

impl ContainerSample {
    /// The values of a container; `None` if the container does not run any more.
    pub(super) fn new(container: Arc<Container>, read: Statistics) -> Option<Self> {
        let at = match &read.read {
            Some(at) => date::parse(at)?,
            None => SystemTime::now(),
        };
        let memory = read.memory_stats.unwrap_or_default();
        let details = memory.stats.unwrap_or_default();
        let interfaces = read.networks.into_iter().flatten();
        let blocks = read.blkio_stats.and_then(|stats| stats.io_service_bytes_recursive);
        Some(Self {
            container,
            at,
            cpu: read.cpu_stats.and_then(|stats| stats.cpu_usage).unwrap_or_default(),
            processors: None,
            memory_usage: memory.usage_without_inactive_file(),
            memory_limit: memory.known_limit(),
            memory_total_cache: details.total_cache,
            memory_file: details.file,
            interfaces: interfaces.map(|(name, values)| (name.into(), values)).collect(),
            blocks: blocks.into_iter().flatten().filter_map(block).collect(),
            started: None,
        })
    }

    /// The processors in use on average since an earlier sample of the container. `None` if the
    /// container was restarted meanwhile, which begins its counters anew.
    pub(super) fn processors_since(&self, before: &CpuReading) -> Option<f64> {
        const NANOSECONDS: f64 = 1e9;
        if self.started != before.started {
            return None;
        }
        let used = self.cpu.total_usage?.checked_sub(before.total)?;
        let time = self.at.duration_since(before.at).ok().filter(|time| !time.is_zero())?;
        Some(used as f64 / NANOSECONDS / time.as_secs_f64())
    }

    /// What the next sample of the container is compared with.
    pub(super) fn cpu_reading(&self) -> Option<CpuReading> {
        let total = self.cpu.total_usage?;
        Some(CpuReading { at: self.at, started: self.started, total })
    }

    /// The time that the container had run.
    pub(super) fn uptime(&self) -> Option<Duration> {
        self.at.duration_since(self.started?).ok()
    }
}

/// The processor time of a container in an earlier sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct CpuReading {
    at: SystemTime,
    started: Option<SystemTime>,
    /// In nanoseconds.
    total: u64,
}

impl Listed {
    /// Whether the container runs, or is paused.
    pub(super) fn runs(&self) -> bool {
        let ended = ["created", "restarting", "removing", "exited", "dead"];
        self.state.as_deref().is_none_or(|state| !ended.contains(&state))
    }

    pub(super) fn container(self) -> Container {
        // Others of its names are those by which linked containers know it: `/other/alias`.
        let names = self.names.unwrap_or_default();
        let own = names.iter().find(|name| !name.trim_start_matches('/').contains('/'));
        let name = own.map(|name| name.trim_start_matches('/')).filter(|name| !name.is_empty());
        let image = self.image.unwrap_or_default();
        Container {
            name: name.unwrap_or_else(|| short(&self.id)).into(),
            image_name: image_name(&image).into(),
            image: image.into(),
            id: self.id.into(),
        }
    }
}

/// An id as clients show it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// An image without its tag and its digest. An image that has lost its name is an id, and is left
/// as it is.
fn image_name(image: &str) -> &str {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    match name.rsplit_once(':') {
        // The port of a registry is followed by a path.
        Some((name, tag)) if !tag.contains('/') && name != "sha256" => name,
        _ => name,
    }
}

/// The operation of an entry. cgroup v1 and v2 write operations in different cases.
fn block(entry: BlockEntry) -> Option<(BlockDevice, BlockOperation, u64)> {
    let BlockEntry { major, minor, op, value } = entry;
    let operation = match op.to_ascii_lowercase().as_str() {
        "read" => BlockOperation::Read,
        "write" => BlockOperation::Write,
        "sync" => BlockOperation::Sync,
        "async" => BlockOperation::Async,
        "discard" => BlockOperation::Discard,
        "total" => BlockOperation::Total,
        _ => return None,
    };
    Some((BlockDevice { major, minor }, operation, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_a_name_without_tag_and_digest() {
        for (image, name) in [
            ("nginx", "nginx"),
            ("nginx:1.25", "nginx"),
            ("localhost:5000/shop/web", "localhost:5000/shop/web"),
            ("localhost:5000/shop/web:1.4", "localhost:5000/shop/web"),
            ("shop/web@sha256:aa00", "shop/web"),
            ("shop/web:1.4@sha256:aa00", "shop/web"),
            ("sha256:aa00", "sha256:aa00"),
            ("aa00", "aa00"),
            ("", ""),
        ] {
            assert_eq!(image_name(image), name, "{image}");
        }
    }

    fn listed(names: &[&str], state: Option<&str>) -> Listed {
        Listed {
            id: "0123456789abcdef".to_owned(),
            names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            image: None,
            state: state.map(str::to_owned),
        }
    }

    #[test]
    fn a_container_has_its_own_name() {
        for (names, name) in [
            (&["/web"][..], "web"),
            (&["/shop/database", "/postgres"], "postgres"),
            (&["web"], "web"),
            (&[], "0123456789ab"),
            (&["/"], "0123456789ab"),
        ] {
            assert_eq!(&*listed(names, None).container().name, name, "{names:?}");
        }
    }

    #[test]
    fn a_container_that_has_ended_does_not_run() {
        for (state, runs) in [
            (Some("running"), true),
            (Some("paused"), true),
            (None, true),
            (Some("restarting"), false),
            (Some("exited"), false),
        ] {
            assert_eq!(listed(&[], state).runs(), runs, "{state:?}");
        }
    }

    fn sample(seconds: u64, total: Option<u64>, started: u64) -> ContainerSample {
        let date = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let read = Statistics {
            read: None,
            cpu_stats: None,
            memory_stats: None,
            networks: None,
            blkio_stats: None,
        };
        let container = Arc::new(listed(&[], None).container());
        let mut sample = ContainerSample::new(container, read).expect("it runs");
        (sample.at, sample.started) = (date(seconds), Some(date(started)));
        sample.cpu.total_usage = total;
        sample
    }

    #[test]
    fn processors_are_the_processor_time_between_two_samples() {
        let before = sample(100, Some(1_000_000_000), 40).cpu_reading().expect("a total");
        let since = |sample: &ContainerSample| sample.processors_since(&before);
        assert_eq!(since(&sample(110, Some(16_000_000_000), 40)), Some(1.5));
        assert_eq!(since(&sample(110, Some(1_000_000_000), 40)), Some(0.0));
        assert_eq!(since(&sample(110, Some(16_000_000_000), 105)), None, "a restart");
        assert_eq!(since(&sample(110, Some(999_999_999), 40)), None, "the counter has gone back");
        assert_eq!(since(&sample(110, None, 40)), None);
        assert_eq!(since(&sample(100, Some(16_000_000_000), 40)), None, "the same moment");
        assert_eq!(since(&sample(90, Some(16_000_000_000), 40)), None, "the clock was set back");
    }
}
