//! The answers of the engine, as its API documents them. Anything can be missing: engines and their
//! versions differ, and so do the versions of cgroups.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A container of `GET /containers/json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) names: Option<Vec<String>>,
    pub(super) image: Option<String>,
    pub(super) state: Option<String>,
}

/// `GET /containers/{id}/json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Inspected {
    pub(super) state: Option<InspectedState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InspectedState {
    pub(super) started_at: Option<String>,
}

/// `GET /containers/{id}/stats`.
#[derive(Debug, Deserialize)]
pub(super) struct Statistics {
    /// When the engine has read the container. The year is 1 for a container that does not run.
    pub(super) read: Option<String>,
    pub(super) cpu_stats: Option<CpuStatistics>,
    pub(super) memory_stats: Option<MemoryStatistics>,
    pub(super) networks: Option<BTreeMap<String, NetworkStatistics>>,
    pub(super) blkio_stats: Option<BlockStatistics>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CpuStatistics {
    pub(super) cpu_usage: Option<CpuUsage>,
}

/// Times in nanoseconds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CpuUsage {
    pub(super) total_usage: Option<u64>,
    pub(super) usage_in_kernelmode: Option<u64>,
    pub(super) usage_in_usermode: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct MemoryStatistics {
    pub(super) usage: Option<u64>,
    pub(super) limit: Option<u64>,
    #[serde(default)]
    pub(super) stats: Option<MemoryDetails>,
}

/// What the kernel reports of the memory, as far as it is used here.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct MemoryDetails {
    /// cgroup v1.
    pub(super) total_inactive_file: Option<u64>,
    pub(super) inactive_file: Option<u64>,
    /// cgroup v1.
    pub(super) total_cache: Option<u64>,
    /// cgroup v2.
    pub(super) file: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct NetworkStatistics {
    pub(super) rx_bytes: Option<u64>,
    pub(super) rx_dropped: Option<u64>,
    pub(super) tx_bytes: Option<u64>,
    pub(super) tx_dropped: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct BlockStatistics {
    pub(super) io_service_bytes_recursive: Option<Vec<BlockEntry>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BlockEntry {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) op: String,
    pub(super) value: u64,
}

impl MemoryStatistics {
    /// The memory in use without the file cache that the kernel can drop, as `docker stats`
    /// computes it.
    pub(super) fn usage_without_inactive_file(&self) -> Option<u64> {
        let usage = self.usage?;
        let details = self.stats.unwrap_or_default();
        let of_v1 = details.total_inactive_file.filter(|inactive| *inactive < usage);
        let inactive = of_v1.or(details.inactive_file.filter(|inactive| *inactive < usage));
        Some(usage - inactive.unwrap_or(0))
    }

    /// The limit. Where an engine reports the number that stands for no limit, it is absent.
    pub(super) fn known_limit(&self) -> Option<u64> {
        // cgroup v1 has the largest multiple of the page size in 63 bits.
        const UNLIMITED: u64 = 1 << 62;
        self.limit.filter(|limit| (1..UNLIMITED).contains(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The usage of a container with these details, by `docker stats`.
    fn usage(total_inactive_file: Option<u64>, inactive_file: Option<u64>) -> Option<u64> {
        let stats = MemoryDetails { total_inactive_file, inactive_file, ..Default::default() };
        let memory = MemoryStatistics { usage: Some(500), limit: None, stats: Some(stats) };
        memory.usage_without_inactive_file()
    }

    #[test]
    fn usage_has_no_inactive_file_in_both_versions_of_cgroups() {
        assert_eq!(usage(Some(100), Some(7)), Some(400), "v1");
        assert_eq!(usage(None, Some(50)), Some(450), "v2");
        assert_eq!(usage(None, None), Some(500), "no details");
        assert_eq!(usage(None, Some(500)), Some(500), "the details were read later");
        assert_eq!(usage(Some(600), Some(7)), Some(493), "as `docker stats` does");
        assert_eq!(MemoryStatistics::default().usage_without_inactive_file(), None);
    }

    #[test]
    fn a_number_that_stands_for_no_limit_is_absent() {
        for (limit, known) in [
            (Some(268_435_456), Some(268_435_456)),
            (Some(0), None),
            (Some(9_223_372_036_854_771_712), None),
            (Some(u64::MAX), None),
            (None, None),
        ] {
            let memory = MemoryStatistics { limit, ..Default::default() };
            assert_eq!(memory.known_limit(), known);
        }
    }
}
