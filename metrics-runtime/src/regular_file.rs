//! Files that a person names: only regular files are opened, and only as much is read as makes
//! sense.
//!
//! The configuration reads its own files this way. An application can read those of its own
//! settings like it, so that a pipe in the place of a file never makes it wait.
//!
//! ```
//! use std::path::Path;
//!
//! use osapi_metrics::regular_file;
//!
//! let error = regular_file::read(Path::new("/"), 1_000).unwrap_err();
//! assert_eq!(error.to_string(), "it is a folder, not a regular file");
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::Path,
};

/// The most bytes of a configuration file, or of a file that a configuration names.
#[cfg(feature = "runtime")]
pub(crate) const MAX_BYTES: u64 = 1024 * 1024;

/// Opens a regular file, or a link to one.
///
/// The kind is asked for twice. Before the file is opened, because the opening of a pipe takes data
/// from another reader, and the opening of a device can have effects. And afterwards, because
/// another file may have taken its place: the opening itself does not wait for the other end of a
/// pipe.
///
/// # Errors
///
/// There is no such file, it is not a regular file, or the system refuses to open it.
pub fn open(path: &Path) -> io::Result<File> {
    check_kind(&fs::metadata(path)?)?;
    let file = open_without_waiting(path)?;
    check_kind(&file.metadata()?)?;
    Ok(file)
}

/// Reads a file of at most `most` bytes.
///
/// The limit counts while the file is read, because its size can be another one by then, and files
/// of `/proc` have none.
///
/// # Errors
///
/// As [`open`]; or the file has more bytes, with the kind [`FileTooLarge`](io::ErrorKind).
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let too_large = || {
        let problem = format!("it has more than {most} bytes, the most that is read");
        io::Error::new(io::ErrorKind::FileTooLarge, problem)
    };
    if file.metadata()?.len() > most {
        return Err(too_large());
    }
    let mut content = Vec::new();
    // One byte more than allowed shows that the file is too long.
    file.take(most + 1).read_to_end(&mut content)?;
    if content.len() as u64 > most { Err(too_large()) } else { Ok(content) }
}

/// Reads a file of text in UTF-8 of at most [`MAX_BYTES`].
#[cfg(feature = "runtime")]
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let content = read(path, MAX_BYTES)?;
    String::from_utf8(content)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}

fn check_kind(metadata: &fs::Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let (error, found) = if kind.is_dir() {
        (io::ErrorKind::IsADirectory, "a folder")
    } else {
        (io::ErrorKind::InvalidInput, other_kind(kind))
    };
    Err(io::Error::new(error, format!("it is {found}, not a regular file")))
}

#[cfg(unix)]
fn other_kind(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn other_kind(_kind: fs::FileType) -> &'static str {
    "a device"
}

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
    use super::*;

    #[test]
    fn a_file_is_read_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "1234").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"1234");
        let error = read(&path, 3).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it has more than 3 bytes, the most that is read");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_regular_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| read(path, 10).unwrap_err().to_string();
        assert_eq!(message(folder.path()), "it is a folder, not a regular file");
        assert_eq!(message(Path::new("/dev/zero")), "it is a device, not a regular file");

        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        assert_eq!(message(&link), "it is a pipe, not a regular file");
        // As if the pipe had replaced a file after the first check.
        let opened = open_without_waiting(&pipe).unwrap();
        let error = check_kind(&opened.metadata().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "it is a pipe, not a regular file");

        let socket = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(message(&socket), "it is a socket, not a regular file");

        let file = folder.path().join("file");
        fs::write(&file, "1").unwrap();
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(&link, 10).unwrap(), b"1");
    }

    /// A file whose size is not known before it is read.
    #[test]
    #[cfg(target_os = "linux")]
    fn the_limit_counts_while_reading() {
        let path = Path::new("/proc/self/status");
        assert_eq!(fs::metadata(path).unwrap().len(), 0);
        assert!(read(path, 10_000_000).unwrap().len() > 100);
        assert_eq!(read(path, 100).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
