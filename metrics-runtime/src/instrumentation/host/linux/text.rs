//! The text of files that the kernel makes when they are read.

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    str::{FromStr, SplitAsciiWhitespace},
};

use crate::{roles::Count, sampling::Source};

/// Why a file has no values.
#[derive(Debug, thiserror::Error)]
pub(super) enum TextError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is empty")]
    Empty,
    #[error("it ends in the middle of a line")]
    Cut,
    #[error("it is larger than {MAX_SIZE} bytes")]
    Large,
    #[error("it is not text")]
    NotText,
    #[error("it has no {0}")]
    Missing(&'static str),
    #[error("it has `{found}` where a number is expected")]
    NotANumber { found: String },
}

impl From<TextError> for io::Error {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Io(error) => error,
            other => Self::new(io::ErrorKind::InvalidData, other),
        }
    }
}

/// `/proc/stat` of a machine with thousands of interrupts has a quarter of a mebibyte.
const MAX_SIZE: usize = 16 << 20;

/// A file that is read at each collection. It stays open, because a process without file
/// descriptors cannot open it.
#[derive(Debug)]
pub(super) struct KernelFile {
    path: PathBuf,
    open: Option<File>,
    source: Source,
    buffer: Vec<u8>,
}

impl KernelFile {
    /// `name` is the name of the file in lines of the log.
    pub(super) fn new(path: PathBuf, name: &'static str) -> Self {
        Self { path, open: None, source: Source::new(name), buffer: Vec::new() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The values of the file. A failure is counted in `errors`.
    pub(super) fn read<T>(
        &mut self,
        errors: &Count,
        parse: impl FnOnce(&str) -> Result<T, TextError>,
    ) -> Option<T> {
        let read = self.try_read(parse);
        self.source.check(read, errors)
    }

    pub(super) fn try_read<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, TextError>,
    ) -> Result<T, TextError> {
        // A file that was removed or replaced is opened anew, and so is one that failed.
        let file = match self.open.take().filter(is_linked) {
            Some(file) => file,
            None => File::open(&self.path)?,
        };
        let length = read_all(&file, &mut self.buffer)?;
        let value = parse(text(&self.buffer[..length])?)?;
        self.open = Some(file);
        Ok(value)
    }
}

fn is_linked(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

/// Reads a file that the kernel makes anew when it is read from its beginning.
fn read_all(file: &File, buffer: &mut Vec<u8>) -> Result<usize, TextError> {
    const FIRST_SIZE: usize = 8 << 10;
    buffer.resize(buffer.len().max(FIRST_SIZE), 0);
    let mut length = 0;
    loop {
        match file.read_at(&mut buffer[length..], length as u64) {
            Ok(0) => return Ok(length),
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if length == buffer.len() {
            if length >= MAX_SIZE {
                return Err(TextError::Large);
            }
            buffer.resize(2 * length, 0);
        }
    }
}

/// The text, which ends with a line as the kernel's files do.
pub(super) fn text(bytes: &[u8]) -> Result<&str, TextError> {
    match bytes {
        [] => Err(TextError::Empty),
        [.., b'\n'] => std::str::from_utf8(bytes).map_err(|_| TextError::NotText),
        _ => Err(TextError::Cut),
    }
}

/// The words of a line.
pub(super) struct Fields<'a>(SplitAsciiWhitespace<'a>);

impl<'a> Fields<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        Self(line.split_ascii_whitespace())
    }

    pub(super) fn word(&mut self, what: &'static str) -> Result<&'a str, TextError> {
        self.0.next().ok_or(TextError::Missing(what))
    }

    pub(super) fn number<T: FromStr>(&mut self, what: &'static str) -> Result<T, TextError> {
        number(self.word(what)?)
    }

    /// A number that older kernels do not have.
    pub(super) fn optional_number<T: FromStr>(&mut self) -> Result<Option<T>, TextError> {
        self.0.next().map(number).transpose()
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, TextError> {
    text.parse().map_err(|_| TextError::NotANumber { found: text.chars().take(40).collect() })
}
