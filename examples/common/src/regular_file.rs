//! Files that a person names: only regular files are opened, and only as much is read as makes
//! sense. The applications read files as the library reads its configuration.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::Path,
};

/// Opens a regular file, or a link to one.
///
/// The kind is asked for twice. Before the file is opened, because the opening of a pipe takes data
/// from another reader, and the opening of a device can have effects. And afterwards, because
/// another file may have taken its place: the opening itself does not wait for the other end of a
/// pipe.
///
/// ```
/// use std::path::Path;
/// use osapi_common::regular_file;
///
/// let error = regular_file::open(Path::new("/")).expect_err("a folder");
/// assert_eq!(error.to_string(), "it is a folder, not a regular file");
/// ```
///
/// # Errors
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
/// As [`open`], or the file has more bytes.
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
