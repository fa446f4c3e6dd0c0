//! Which devices are shown, and their sums.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::super::patterns::Patterns;

/// The names of devices that have been seen.
#[derive(Debug)]
pub(super) struct Names<T> {
    known: HashMap<Arc<str>, T>,
}

/// A host of containers makes and removes devices all the time.
const MAX_KNOWN: usize = 4096;

impl<T: Copy> Names<T> {
    pub(super) fn new() -> Self {
        Self { known: HashMap::new() }
    }

    /// The shared name, and what was found out when the name was first seen.
    pub(super) fn get(&mut self, name: &str, find_out: impl FnOnce() -> T) -> (Arc<str>, T) {
        if let Some((name, known)) = self.known.get_key_value(name) {
            return (Arc::clone(name), *known);
        }
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        let (name, known) = (Arc::from(name), find_out());
        self.known.insert(Arc::clone(&name), known);
        (name, known)
    }
}

/// What is known of a block device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DeviceKind {
    /// A partition, or excluded by its name.
    Excluded,
    /// A device that is made of others, which have its bytes too.
    Stacked,
    /// A disk.
    Disk,
}

/// Finds out what a device is, in the folder `block` of sysfs.
#[derive(Debug)]
pub(super) struct DeviceKinds {
    block: PathBuf,
    excluded: Patterns,
}

impl DeviceKinds {
    pub(super) fn new(sys: &Path, excluded: Patterns) -> Self {
        Self { block: sys.join("block"), excluded }
    }

    pub(super) fn find(&self, name: &str) -> DeviceKind {
        if self.excluded.match_name(name) {
            return DeviceKind::Excluded;
        }
        // A slash cannot be in the name of a folder: `cciss/c0d0`.
        let folder = self.block.join(name.replace('/', "!"));
        if !folder.is_dir() {
            // Without sysfs the name alone decides.
            let is_partition = self.block.is_dir() || has_name_of_partition(name);
            return if is_partition { DeviceKind::Excluded } else { DeviceKind::Disk };
        }
        let is_made_of_others =
            fs::read_dir(folder.join("slaves")).is_ok_and(|mut others| others.next().is_some());
        if is_made_of_others { DeviceKind::Stacked } else { DeviceKind::Disk }
    }
}

/// `sda1`, `vdb12`, `nvme0n1p2`, `mmcblk0p1`.
fn has_name_of_partition(name: &str) -> bool {
    let disk = name.trim_end_matches(|last: char| last.is_ascii_digit());
    if disk.len() == name.len() {
        return false;
    }
    let is_letters =
        |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_lowercase());
    let of_letters = ["sd", "hd", "vd", "xvd"];
    let is_disk = of_letters.iter().any(|kind| disk.strip_prefix(kind).is_some_and(is_letters));
    is_disk
        || disk
            .strip_suffix('p')
            .is_some_and(|disk| disk.ends_with(|end: char| end.is_ascii_digit()))
}

/// A sum of counters of devices that come and go: it grows by what each of them grows, and does not
/// shrink.
#[derive(Debug, Default)]
pub(super) struct Sum {
    sum: [u64; 2],
    last: HashMap<Arc<str>, [u64; 2]>,
}

impl Sum {
    /// The sum, with what these devices report now.
    pub(super) fn next<'a>(
        &mut self,
        counters: impl Iterator<Item = (&'a Arc<str>, [u64; 2])>,
    ) -> [u64; 2] {
        if self.last.len() >= MAX_KNOWN {
            self.last.clear();
        }
        for (device, now) in counters {
            let last = match self.last.get_mut(device) {
                Some(last) => std::mem::replace(last, now),
                None => self.last.insert(Arc::clone(device), now).unwrap_or_default(),
            };
            for ((sum, now), last) in self.sum.iter_mut().zip(now).zip(last) {
                // A counter that goes back belongs to another device of the same name.
                let grown = now.checked_sub(last).unwrap_or(now);
                *sum = sum.saturating_add(grown);
            }
        }
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_shrink_when_devices_go_and_come() {
        let mut sum = Sum::default();
        let names = ["sda", "sdb"].map(Arc::from);
        let mut next = |counters: &[[u64; 2]]| sum.next(names.iter().zip(counters.iter().copied()));
        assert_eq!(next(&[[10, 1], [100, 0]]), [110, 1]);
        assert_eq!(next(&[[15, 1]]), [115, 1]);
        // The second disk is plugged in again, and begins at zero.
        assert_eq!(next(&[[15, 1], [30, 0]]), [145, 1]);
        assert_eq!(next(&[[16, 2], [31, 0]]), [147, 2]);
        assert_eq!(next(&[]), [147, 2]);
    }

    #[test]
    fn a_sum_ends_at_the_largest_number() {
        let (mut sum, name) = (Sum::default(), Arc::from("sda"));
        for counter in [u64::MAX, 5, u64::MAX] {
            assert!(sum.next([(&name, [counter, 0])].into_iter())[0] >= 5);
        }
    }

    #[test]
    fn partitions_have_names_of_disks_with_a_number() {
        for partition in ["sda1", "vdb12", "xvda1", "nvme0n1p2", "mmcblk0p1"] {
            assert!(has_name_of_partition(partition), "{partition}");
        }
        for disk in ["sda", "vdb", "nvme0n1", "mmcblk0", "dm-0", "md127", "sr0", "sd1", "p1", "1"] {
            assert!(!has_name_of_partition(disk), "{disk}");
        }
    }

    #[test]
    fn sysfs_tells_disks_from_partitions_and_volumes() {
        let sys = tempfile::tempdir().unwrap();
        let kinds = DeviceKinds::new(sys.path(), Patterns::new(["loop*"]));
        let find = |name| kinds.find(name);
        assert_eq!((find("sda"), find("sda1")), (DeviceKind::Disk, DeviceKind::Excluded));
        for folder in ["sda/slaves", "dm-0/slaves/sda1", "cciss!c0d0", "loop0"] {
            fs::create_dir_all(sys.path().join("block").join(folder)).unwrap();
        }
        assert_eq!((find("sda"), find("sda1")), (DeviceKind::Disk, DeviceKind::Excluded));
        assert_eq!((find("dm-0"), find("cciss/c0d0")), (DeviceKind::Stacked, DeviceKind::Disk));
        assert_eq!((find("loop0"), find("nbd0")), (DeviceKind::Excluded, DeviceKind::Excluded));
    }

    #[test]
    fn names_are_looked_up_once() {
        let mut names = Names::new();
        assert_eq!(names.get("sda", || 1), (Arc::from("sda"), 1));
        assert_eq!(names.get("sda", || 2), (Arc::from("sda"), 1));
    }
}
