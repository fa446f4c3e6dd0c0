//! The user that the server runs as.

use std::{
    fs, io,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::Command,
};

use rustix::process::geteuid;

use super::error::PostgresError;

/// The users for a server of root, the best first.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// A user that is not root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The user of the server; `None` for the user of this process.
    pub(super) fn of_server() -> Result<Option<Self>, PostgresError> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        Self::listed_in(Path::new("/etc/passwd")).map(Some)
    }

    fn listed_in(users: &Path) -> Result<Self, PostgresError> {
        let cannot = |cause| PostgresError::Accounts { file: users.to_owned(), cause };
        let users = fs::read(users).map_err(cannot)?;
        let users = String::from_utf8_lossy(&users);
        let found = NAMES.iter().find_map(|name| Self::find(&users, name));
        found.ok_or(PostgresError::NoAccount)
    }

    /// Finds a user in lines such as `nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin`.
    fn find(users: &str, name: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let is_user = fields.next() == Some(name);
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            (is_user && uid != 0).then_some(Self { uid, gid })
        })
    }

    /// Makes the user the owner of a folder.
    pub(super) fn own(self, folder: &Path) -> io::Result<()> {
        chown(folder, Some(self.uid), Some(self.gid))
    }

    /// Runs a command as the user, without the groups of root.
    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_that_cannot_be_read_are_not_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("passwd");
        let error = Account::listed_in(&file).expect_err("no file").to_string();
        let expected = format!("cannot read {}: No such file or directory", file.display());
        assert!(error.contains(&expected), "{error}");
        fs::write(&file, "root:x:0:0:root:/root:/bin/bash\n").expect("written");
        let error = Account::listed_in(&file).expect_err("nobody");
        assert!(matches!(error, PostgresError::NoAccount), "{error}");
    }

    #[test]
    fn users_are_found_by_name_and_root_is_not() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\nnobodyelse:x:1:2::/:/bin/sh\n\
                     nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        assert_eq!(Account::find(users, "nobody"), Some(Account { uid: 65534, gid: 65533 }));
        assert_eq!(Account::find(users, "root"), None);
        assert_eq!(Account::find(users, "postgres"), None);
    }
}
