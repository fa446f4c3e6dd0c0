//! The file of answers.

use std::{
    ffi::{CStr, OsStr, c_uint, c_void},
    fs,
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
    time::Duration,
};

/// The name of the file beside the library.
pub(crate) const FILE: &str = "answers";

pub(crate) const SUCCESS: c_uint = 0;
pub(crate) const UNINITIALIZED: c_uint = 1;
pub(crate) const INVALID_ARGUMENT: c_uint = 2;
const NOT_SUPPORTED: c_uint = 3;
const DRIVER_NOT_LOADED: c_uint = 9;

/// The answer to a call, or the code of its error.
pub(crate) fn answer(subject: &str, call: &str) -> Result<Vec<u8>, c_uint> {
    loop {
        let text = fs::read(file()).map_err(|_| DRIVER_NOT_LOADED)?;
        let answer = find(&text, subject, "all").or_else(|| find(&text, subject, call));
        let answer = answer.ok_or(NOT_SUPPORTED)?;
        if answer == b"hang" {
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        return match answer.strip_prefix(b"error ") {
            Some(code) => Err(number(code).unwrap_or(INVALID_ARGUMENT)),
            None => Ok(answer.to_vec()),
        };
    }
}

/// The numbers of an answer. A number that is missing is 0.
pub(crate) fn numbers<T: std::str::FromStr + Copy + Default, const N: usize>(
    answer: &[u8],
) -> [T; N] {
    let mut numbers = [T::default(); N];
    for (to, word) in numbers.iter_mut().zip(answer.split(|byte| *byte == b' ')) {
        *to = number(word).unwrap_or_default();
    }
    numbers
}

fn number<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

fn find<'a>(text: &'a [u8], subject: &str, call: &str) -> Option<&'a [u8]> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.strip_prefix(subject.as_bytes())?.strip_prefix(b" ")?;
        line.strip_prefix(call.as_bytes())?.strip_prefix(b" ")
    })
}

/// The file beside the library that has this function.
fn file() -> &'static Path {
    static FILE_OF_THIS_COPY: OnceLock<PathBuf> = OnceLock::new();
    FILE_OF_THIS_COPY.get_or_init(|| {
        let mut library = MaybeUninit::<libc::Dl_info>::uninit();
        let within = file as fn() -> &'static Path as *const c_void;
        // SAFETY: `dladdr` writes the whole structure if it returns a number other than 0. The name
        // is a text of C that lives as long as the library is loaded.
        let name = unsafe {
            if libc::dladdr(within, library.as_mut_ptr()) == 0 {
                return PathBuf::from(FILE);
            }
            CStr::from_ptr(library.assume_init().dli_fname)
        };
        Path::new(OsStr::from_bytes(name.to_bytes())).with_file_name(FILE)
    })
}
