//! File systems, which a thread of its own asks: the answer of a server, or of a disk that is
//! broken, may never come.

use std::{
    io,
    path::{Path, PathBuf},
};

use nix::sys::statvfs::statvfs;

use super::{
    super::{
        patterns::Patterns,
        reading::{MountedSpace, Space},
    },
    mounts::{MountFilter, parse_types},
    namespace::of_namespace,
    text::KernelFile,
};
use crate::{roles::Count, sampling::Source};

/// Asks all file systems of the host that are on devices.
#[derive(Debug)]
pub(crate) struct FilesystemReader {
    mounts: KernelFile,
    types: KernelFile,
    /// The folder where the host's root is.
    root: PathBuf,
    filter: MountFilter,
    statvfs: Source,
    errors: Count,
}

impl FilesystemReader {
    /// `errors` counts file systems that fail, one for each reading of all.
    pub(crate) fn new(
        proc: &Path,
        root: &Path,
        is_mounted: bool,
        excluded: Patterns,
        errors: Count,
    ) -> Self {
        let mounts = of_namespace(proc, "mountinfo", is_mounted);
        Self {
            mounts: KernelFile::new(mounts, "/proc/self/mountinfo"),
            types: KernelFile::new(proc.join("filesystems"), "/proc/filesystems"),
            root: root.to_owned(),
            filter: MountFilter { excluded },
            statvfs: Source::new("statvfs"),
            errors,
        }
    }

    /// The space of each file system. One that does not report it is left out.
    pub(crate) fn read(&mut self) -> Result<Vec<MountedSpace>, io::Error> {
        let types = self.types.try_read(|text| Ok(parse_types(text))).ok();
        let filter = &self.filter;
        let filesystems = self.mounts.try_read(|text| filter.parse(text, types.as_deref()))?;
        let (mut usages, mut failed) = (Vec::new(), Ok(()));
        for filesystem in filesystems {
            let below_root = filesystem.mount_point.trim_start_matches('/');
            match read_space(&self.root.join(below_root)) {
                Ok(space) => usages.push(MountedSpace { filesystem, space }),
                Err(error) => failed = Err(error),
            }
        }
        self.statvfs.check(failed, &self.errors);
        Ok(usages)
    }
}

/// What the file system of a path reports.
pub(crate) fn read_space(path: &Path) -> io::Result<Space> {
    let failed =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let read = statvfs(path).map_err(|error| failed(error.into()))?;
    let size = |blocks: u64| blocks.saturating_mul(read.fragment_size());
    let (all, free) = (read.blocks(), read.blocks_free());
    let available = read.blocks_available().min(free);
    Ok(Space {
        total: size(all),
        used: size(all.saturating_sub(free)),
        free: size(available),
        reserved: size(free - available),
        inodes: read.files(),
        inodes_free: read.files_free().min(read.files()),
    })
}
