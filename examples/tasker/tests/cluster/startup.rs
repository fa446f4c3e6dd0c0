//! What keeps tasker from starting: one sentence with the remedy, exit status 1, and nothing
//! started.

use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    process::Output,
};

use osapi_metrics_tests::servers::ServerProcess;
use tempfile::TempDir;

use crate::support::{Tables, database};

/// Runs it to its end.
fn run(arguments: &[&str]) -> Output {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
    let command = command.args(arguments).args(["--listen", "127.0.0.1:0"]);
    command.stdout(std::process::Stdio::piped()).output().expect("the program can be run")
}

/// Checks that it does not start with this database, for a reason with these words.
fn refuses(url: &str, words: &[&str]) {
    let parts: [&[&str]; 3] = [&[], &["orchestration"], &["worker", "--namespace", "math"]];
    for part in parts {
        let Output { status, stdout, stderr } = run(&[part, &["--database", url]].concat());
        let stderr = String::from_utf8(stderr).expect("UTF-8");
        assert_eq!(status.code(), Some(1), "{part:?} {url}: {stderr}");
        assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.starts_with("tasker: "), "{stderr}");
        assert!(words.iter().all(|word| stderr.contains(word)), "{words:?} in {stderr}");
    }
}

#[test]
fn a_database_that_is_not_there_is_named() {
    refuses("mysql://localhost/tasker", &["--database", "postgres://user:password@host"]);
    refuses("postgres://localhost:port/tasker", &["--database", "postgres://user:password@host"]);
    let folder = TempDir::new().expect("a temporary folder");
    let socket = folder.path().display().to_string().replace('/', "%2F");
    refuses(&format!("postgres://me:secret@{socket}/tasker"), &["check that PostgreSQL runs"]);
    // The port is free again when the listener is dropped.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    let free = free.expect("a free port").to_string();
    let url = format!("postgres://me:secret@{free}/tasker");
    refuses(&url, &["check that PostgreSQL runs", &free]);
    let shown = run(&["--database", &url]).stderr;
    assert!(!String::from_utf8_lossy(&shown).contains("secret"), "passwords are not shown");
}

/// The client of PostgreSQL would wait for the pipe, and log the line.
#[cfg(target_os = "linux")]
#[test]
fn a_file_with_passwords_that_cannot_be_used_is_named_and_shows_none() {
    let folder = TempDir::new().expect("a temporary folder");
    let [pipe, lines] = ["pipe", "lines"].map(|name| folder.path().join(name));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    fs::write(&lines, "127.0.0.1:1:tasker:secret\n").expect("written");
    fs::set_permissions(&lines, Permissions::from_mode(0o600)).expect("its owner's alone");
    let problems = [
        (&pipe, "not a regular file"),
        (&lines, "line 1 is not `host:port:database:user:password`"),
    ];
    for (file, problem) in problems {
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
        command.args(["--listen", "127.0.0.1:0", "--database", "postgres://me@127.0.0.1:1/tasker"]);
        command.env_remove("PGPASSWORD").env("PGPASSFILE", file).env("RUST_LOG", "debug");
        let Output { status, stderr, .. } = command.output().expect("the program can be run");
        let stderr = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(1), "{stderr}");
        let expected = format!("passwords are not read from {}: ", file.display());
        assert_eq!(stderr.matches(&expected).count(), 1, "{stderr}");
        assert!(
            stderr.contains(problem) && stderr.contains("check that PostgreSQL runs"),
            "{stderr}"
        );
        assert!(!stderr.contains("secret"), "{stderr}");
    }
}

/// The URL of a private server has its folder.
#[cfg(target_os = "linux")]
#[test]
fn a_temporary_folder_that_no_url_can_have_is_named() {
    let Some(_) = database() else { return };
    let parent = TempDir::new().expect("a temporary folder");
    let folder = parent.path().join(OsStr::from_bytes(b"tmp-\xff"));
    fs::create_dir(&folder).expect("a folder");
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
    command.args(["--listen", "127.0.0.1:0"]).env("TMPDIR", &folder);
    let Output { status, stderr, .. } = command.output().expect("the program can be run");
    let stderr = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(1), "{stderr}");
    let last = stderr.lines().last().expect("a reason");
    assert!(last.starts_with("tasker: cannot use ") && last.contains("is not UTF-8"), "{stderr}");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_is_left_as_it_is() {
    let Some(server) = database() else { return };
    let url = |user: &str, database: &str| {
        let url = server.url().replace("postgres://postgres@", &format!("postgres://{user}@"));
        let base = url.rsplit_once('/').expect("a database").0.to_owned();
        format!("{base}/{database}")
    };
    let first = Tables::open(&server.url());
    first.run("CREATE ROLE guest LOGIN").await;
    for name in ["locked", "old", "foreign_schema"] {
        first.run(&format!("CREATE DATABASE {name}")).await;
    }
    refuses(&url("nobody_of_this_name", "postgres"), &["the user", "nobody_of_this_name"]);
    refuses(&url("postgres", "no_such_database"), &["no_such_database", "name of the database"]);
    refuses(&url("guest", "locked"), &["may not create", "`CREATE` on the database"]);

    let old = Tables::open(&url("postgres", "old"));
    old.run("CREATE SCHEMA tasker; CREATE TABLE tasker.schema_version (version integer);").await;
    old.run("INSERT INTO tasker.schema_version VALUES (0)").await;
    refuses(&url("postgres", "old"), &["version 0", "DROP SCHEMA tasker CASCADE"]);
    let foreign = Tables::open(&url("postgres", "foreign_schema"));
    foreign.run("CREATE SCHEMA tasker; CREATE TABLE tasker.tasks (id integer)").await;
    refuses(&url("postgres", "foreign_schema"), &["without a version", "DROP SCHEMA tasker"]);

    for (tables, found) in [(&first, 0), (&old, 1), (&foreign, 1)] {
        let tables = tables.count("pg_tables WHERE schemaname IN ('tasker', 'pgmq')").await;
        assert_eq!(tables, found);
    }
    let locked = Tables::open(&url("postgres", "locked"));
    assert_eq!(locked.count("pg_namespace WHERE nspname IN ('tasker', 'pgmq')").await, 0);
}

#[test]
fn every_mistake_of_a_file_is_shown_at_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("tasker.toml");
    let text = "[api]\nlisten = 1\nlimits = 3\n[pools.web]\nmax_connections = -1\n[worker]\n\
                claim = \"never\"\n[breakers.pgmq]\nopen_for = \"soon\"\n[teletext]\n";
    fs::write(&file, text).expect("a file in a temporary folder");
    let file = file.display().to_string();
    let Output { status, stdout, stderr } = run(&["--config", &file]);
    let stderr = String::from_utf8(stderr).expect("UTF-8");
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stdout.is_empty());
    let keys = [
        "api.listen",
        "api.limits",
        "pools.web.max_connections",
        "worker.claim",
        "breakers.pgmq.open_for",
        "teletext",
    ];
    for (line, key) in stderr.lines().zip(keys) {
        assert!(line.contains(&format!("{file}: {key}: ")), "{key} in {line}");
    }
    assert_eq!(stderr.lines().count(), keys.len(), "{stderr}");
}
