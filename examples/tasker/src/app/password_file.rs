//! The file of PostgreSQL's clients with passwords, which the client of the database reads where no
//! other password is given.

use std::{
    borrow::Cow,
    env, io,
    path::{Path, PathBuf},
};

use osapi_metrics::regular_file;

/// The most bytes of a file that is used.
const MAX_BYTES: u64 = 1024 * 1024;

/// The URL, with an empty password if it has none and the file with passwords cannot be used: the
/// client would wait for a pipe, and write a line that is none to the log with the password in it.
pub(super) fn checked(url: &str) -> Cow<'_, str> {
    if has_password(url) || env::var_os("PGPASSWORD").is_some() {
        return url.into();
    }
    match files().iter().find_map(|file| Some((file, problem(file)?))) {
        None => url.into(),
        Some((file, problem)) => {
            tracing::warn!("passwords are not read from {}: {problem}", file.display());
            let separator = if url.contains('?') { '&' } else { '?' };
            format!("{url}{separator}password=").into()
        }
    }
}

fn has_password(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password")
    })
}

/// Where the client looks.
fn files() -> Vec<PathBuf> {
    let named = env::var_os("PGPASSFILE").map(PathBuf::from);
    named.into_iter().chain(env::home_dir().map(|home| home.join(".pgpass"))).collect()
}

/// Why the client should not read a file, if it is there.
fn problem(file: &Path) -> Option<String> {
    let content = match regular_file::read(file, MAX_BYTES) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return Some(error.to_string()),
    };
    let mut lines = content.split(|&byte| byte == b'\n');
    let wrong = lines.position(|line| !is_line(line))?;
    Some(format!("line {} is not `host:port:database:user:password`", wrong + 1))
}

/// Whether a line is empty, a comment, or has all fields, in which a backslash stands before a
/// colon.
fn is_line(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut is_escaped = false;
    let colons = line.iter().filter(|&&byte| {
        let is_colon = byte == b':' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_colon
    });
    line.is_empty() || line.starts_with(b"#") || colons.count() >= 4
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_url_with_a_password_needs_no_file() {
        for url in [
            "postgres://user:secret@host/db",
            "postgres://user@host/db?password=secret",
            "postgres://user@host/db?sslmode=disable&password=",
        ] {
            assert!(has_password(url), "{url}");
        }
        for url in
            ["postgres://user@host/db", "postgres://host?options[password]=x", "postgres:///db"]
        {
            assert!(!has_password(url), "{url}");
        }
    }

    #[test]
    fn only_files_of_whole_lines_are_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pgpass");
        assert_eq!(problem(&file), None, "no file");
        for good in [
            "",
            "# a comment\n\nlocalhost:5432:db:user:secret\n",
            "*:*:*:*:sec:ret\r\n",
            "a\\:b:5432:db:us\\\\er:secret",
        ] {
            fs::write(&file, good).expect("written");
            assert_eq!(problem(&file), None, "{good}");
        }
        for wrong in ["*:*:*:*:x\nlocalhost:5432:db:secret\n", "\nsecret", "#\na\\:b:1:db:secret"] {
            fs::write(&file, wrong).expect("written");
            let problem = problem(&file).expect(wrong);
            assert_eq!(problem, "line 2 is not `host:port:database:user:password`", "{wrong}");
        }
        fs::write(&file, vec![b'#'; 1024 * 1024 + 1]).expect("written");
        assert!(problem(&file).is_some_and(|problem| problem.contains("more than")));
        let folder = problem(folder.path()).expect("a folder");
        assert_eq!(folder, "it is a folder, not a regular file");
    }
}
