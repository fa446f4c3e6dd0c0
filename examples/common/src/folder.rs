//! A temporary folder whose name says whose it is.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

/// The file in a folder that its process has locked. The name is none that others use, because what
/// is beside a file of this name is removed.
const LOCK: &str = ".osapi-temporary";

/// The file before it is locked.
const NEW_LOCK: &str = ".osapi-temporary-new";

/// The time after which the creation of a folder has ended, in one way or the other.
const CREATION: Duration = Duration::from_secs(60);

/// A temporary folder that no other user can enter. A drop removes it.
///
/// Where its process ends without the drop, because it is killed, the next process that creates a
/// folder with the same prefix removes it. A folder whose process runs is locked. Where there are
/// no Unix locks, it stays.
///
/// ```
/// use osapi_common::folder::TemporaryFolder;
///
/// let folder = TemporaryFolder::create("example-")?;
/// let name = folder.path().file_name().expect("a name").to_string_lossy();
/// assert!(name.starts_with("example-"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: TempDir,
    /// Unlocked after the folder is removed.
    lock: File,
}

impl TemporaryFolder {
    /// Creates a folder in `TMPDIR` whose name begins with this prefix.
    ///
    /// # Errors
    /// The folder or the file in it cannot be created.
    pub fn create(prefix: &str) -> io::Result<Self> {
        Self::create_in(&std::env::temp_dir(), prefix)
    }

    fn create_in(parent: &Path, prefix: &str) -> io::Result<Self> {
        abandoned(parent, prefix).for_each(Abandoned::remove);
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(parent)?;
        let new = folder.path().join(NEW_LOCK);
        let lock = File::create(&new)?;
        #[cfg(unix)]
        unix::lock(&lock)?;
        // Under its name, the file is locked from the beginning.
        std::fs::rename(new, folder.path().join(LOCK))?;
        Ok(Self { folder, lock })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The locked file, which is empty. A program that has it as its standard input keeps the
    /// folder as long as it runs, also where this process has been killed.
    ///
    /// # Errors
    /// The operating system has no further file descriptor.
    pub fn lock(&self) -> io::Result<File> {
        self.lock.try_clone()
    }
}

/// A folder whose process has ended without removing it.
struct Abandoned {
    path: PathBuf,
    /// Locked, so that one process alone removes the folder.
    _lock: File,
}

impl Abandoned {
    /// What cannot be removed, another process may remove.
    fn remove(self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// The folders with this prefix that nobody uses any more.
fn abandoned(parent: &Path, prefix: &str) -> impl Iterator<Item = Abandoned> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let is_named = entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes());
        // Not a link to a folder.
        if !is_named || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            return None;
        }
        let path = entry.path();
        // A process that was killed while it created the folder has not renamed the file.
        let unfinished = || is_old(&path).then(|| unused(&path.join(NEW_LOCK))).flatten();
        let lock = unused(&path.join(LOCK)).or_else(unfinished)?;
        Some(Abandoned { path, _lock: lock })
    })
}

/// Whether nobody creates the folder any more.
fn is_old(path: &Path) -> bool {
    let age = path.metadata().and_then(|found| found.modified()).ok().map(|at| at.elapsed());
    age.is_some_and(|age| age.is_ok_and(|age| age > CREATION))
}

#[cfg(unix)]
use unix::unused;

#[cfg(not(unix))]
fn unused(_: &Path) -> Option<File> {
    None
}

#[cfg(unix)]
mod unix {
    use std::{fs::File, io, path::Path};

    use rustix::{
        fs::{FileType, FlockOperation, Mode, OFlags, flock, fstat, open},
        process::geteuid,
    };

    pub(super) fn lock(file: &File) -> io::Result<()> {
        Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
    }

    /// The file of this user, locked, unless it is locked already.
    pub(super) fn unused(path: &Path) -> Option<File> {
        // Where others may write, a name may lead to anything.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(open(path, flags, Mode::empty()).ok()?);
        let found = fstat(&file).ok()?;
        let is_own = found.st_uid == geteuid().as_raw();
        if !is_own || FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return None;
        }
        lock(&file).ok()?;
        Some(file)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, process::Command};

    use super::*;

    /// What a process leaves that is killed.
    fn killed(parent: &Path, prefix: &str) -> PathBuf {
        let TemporaryFolder { folder, lock } =
            TemporaryFolder::create_in(parent, prefix).expect("a folder");
        let path = folder.keep();
        fs::create_dir(path.join("data")).expect("a folder");
        fs::write(path.join("data/file"), "x").expect("a file");
        drop(lock);
        path
    }

    #[test]
    fn a_folder_ends_with_its_owner() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = TemporaryFolder::create_in(parent.path(), "mine-").expect("a folder");
        let path = folder.path().to_owned();
        let permissions = fs::metadata(&path).expect("a folder").permissions();
        assert_eq!(permissions.mode() & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_process_has_left_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().expect("a folder");
        let (parent, prefix) = (parent.path(), "mine-");
        let left = [killed(parent, prefix), killed(parent, prefix)];
        let other = killed(parent, "other-");
        // A folder of somebody who has chosen such a name, also one with a link.
        let (foreign, linked) = (parent.join("mine-own"), parent.join("mine-link"));
        fs::create_dir(&foreign).expect("a folder");
        std::os::unix::fs::symlink(&other, &linked).expect("a link");
        let used = TemporaryFolder::create_in(parent, prefix).expect("a folder");
        for path in left {
            assert!(!path.exists(), "{}", path.display());
        }
        let another = TemporaryFolder::create_in(parent, prefix).expect("a folder");
        for path in [&*other, &*foreign, &*linked, used.path(), another.path()] {
            assert!(path.exists(), "{}", path.display());
        }
    }

    #[test]
    fn a_folder_that_was_never_finished_is_removed_once_it_is_old() {
        let parent = tempfile::tempdir().expect("a folder");
        let [old, new] = ["mine-old", "mine-new"].map(|name| {
            let path = parent.path().join(name);
            fs::create_dir(&path).expect("a folder");
            File::create(path.join(NEW_LOCK)).expect("a file");
            path
        });
        let long_ago = std::time::SystemTime::now() - 2 * CREATION;
        File::open(&old).and_then(|folder| folder.set_modified(long_ago)).expect("a time");
        drop(TemporaryFolder::create_in(parent.path(), "mine-").expect("a folder"));
        assert!(!old.exists() && new.exists());
    }

    /// As a server that goes on after its application was killed.
    #[test]
    fn a_folder_is_kept_as_long_as_a_program_has_its_lock() {
        let parent = tempfile::tempdir().expect("a folder");
        let TemporaryFolder { folder, lock } =
            TemporaryFolder::create_in(parent.path(), "mine-").expect("a folder");
        // The command itself holds the lock too, until it is dropped.
        let mut program =
            Command::new("sleep").arg("3600").stdin(lock).spawn().expect("there is sleep");
        let path = folder.keep();
        drop(TemporaryFolder::create_in(parent.path(), "mine-").expect("a folder"));
        let is_kept = path.exists();
        program.kill().expect("it runs");
        program.wait().expect("it ended");
        assert!(is_kept);
        drop(TemporaryFolder::create_in(parent.path(), "mine-").expect("a folder"));
        assert!(!path.exists());
    }
}
