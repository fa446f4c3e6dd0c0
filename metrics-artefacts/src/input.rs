//! Files that a person names.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use osapi_metrics::regular_file;

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
    let content = regular_file::read(path, MAX_BYTES).map_err(|cause| match cause.kind() {
        ErrorKind::IsADirectory | ErrorKind::InvalidInput => FileError::NotAFile { file: file() },
        ErrorKind::FileTooLarge => FileError::TooLarge { file: file() },
        _ => FileError::Unreadable { file: file(), cause },
    })?;
    String::from_utf8(content).map_err(|error| {
        let cause = io::Error::new(ErrorKind::InvalidData, error.utf8_error());
        FileError::Unreadable { file: file(), cause }
    })
}

/// Writes a file of text. What is there is a regular file or a link to one, or nothing: the opening
/// of a pipe would wait for its reader.
///
/// # Errors
///
/// The system refuses, or there is something else.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is not a regular file")),
        _ => fs::write(path, text),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

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
    }
}
