//! Files that a person names.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    path::Path,
};

/// The most bytes of a file. Dashboards of several megabytes exist.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A file that cannot be read. Names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system refuses, or the file is not text.
    #[error("{file}: it cannot be read: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// The reason.
        cause: io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("{file}: it is not a regular file")]
    NotAFile {
        /// The file.
        file: String,
    },
    /// The file is too large.
    #[error("{file}: it has more than {} MiB, the most that is read", MAX_BYTES / 1024 / 1024)]
    TooLarge {
        /// The file.
        file: String,
    },
}

/// Reads a file of text.
///
/// # Errors
///
/// [`FileError`] if the file cannot be read, is not a regular file or is too large.
pub fn read(path: &Path) -> Result<String, FileError> {
    let file = || path.display().to_string();
    let unreadable = |cause| FileError::Unreadable { file: file(), cause };
    // The opening of a device can have effects.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(FileError::NotAFile { file: file() });
    }
    let mut text = String::new();
    let opened = open_without_waiting(path).map_err(unreadable)?;
    // Another file may have taken its place.
    if !opened.metadata().map_err(unreadable)?.is_file() {
        return Err(FileError::NotAFile { file: file() });
    }
    opened.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(FileError::TooLarge { file: file() });
    }
    Ok(text)
}

/// Opens a file. The opening of a pipe does not wait for its other end.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_no_text_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(folder.path()), Err(FileError::NotAFile { .. })));
        let path = folder.path().join("a.json");
        assert!(matches!(read(&path), Err(FileError::Unreadable { .. })));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        let message = read(&path).unwrap_err().to_string();
        assert!(message.starts_with(&path.display().to_string()), "{message}");
        File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(matches!(read(&path), Err(FileError::TooLarge { .. })));
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_and_a_device_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("a.json");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for path in [&*pipe, Path::new("/dev/zero")] {
            assert!(matches!(read(path), Err(FileError::NotAFile { .. })));
        }
        // As if the pipe had replaced a file after the first check.
        assert!(!open_without_waiting(&pipe).unwrap().metadata().unwrap().is_file());
    }
}
