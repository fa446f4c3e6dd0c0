//! A private PostgreSQL server, with the programs that are installed.

// The tests find the processes of a server in `/proc`.
#![cfg(target_os = "linux")]

mod client;

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use osapi_common::postgres::{PostgresError, PostgresOptions, PrivatePostgres};
use osapi_metrics_tests::servers::{postgres, postgres_with};

use client::Client;

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder of the server, from its URL.
fn folder(server: &PrivatePostgres) -> PathBuf {
    let url = server.url();
    let host = url.split(['@', ':']).nth(2).expect("a host");
    host.replace("%2F", "/").into()
}

/// Waits until a condition holds.
fn wait(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The ids of the processes of a server, all of which run in its folder.
fn processes(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("there is /proc").flatten();
    entries
        .filter(|entry| {
            fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder))
        })
        .map(|entry| entry.file_name().display().to_string())
        .collect()
}

#[test]
fn a_server_serves_its_database() {
    let options = PostgresOptions {
        database: "tasker_1".to_owned(),
        settings: vec![("max_connections".to_owned(), "7".to_owned())],
        ..PostgresOptions::default()
    };
    let Some(server) = postgres_with(&options) else { return };
    assert!(server.url().ends_with(":5432/tasker_1"), "{}", server.url());
    let mut client = Client::connect(&folder(&server), "tasker_1").expect("the server is ready");
    let table = [
        ("SELECT current_database()", "tasker_1"),
        ("SELECT current_user", "postgres"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW max_connections", "7"),
        ("SHOW fsync", "on"),
        ("SHOW listen_addresses", ""),
    ];
    for (query, expected) in table {
        assert_eq!(client.query(query).expect("an answer"), [expected], "{query}");
    }
}

#[test]
fn no_other_user_enters_the_folder() {
    let Some(server) = postgres() else { return };
    for folder in [folder(&server), folder(&server).join("data")] {
        let folder = fs::metadata(folder).expect("a folder");
        assert_eq!(folder.mode() & 0o777, 0o700);
        assert_ne!(folder.uid(), 0);
    }
}

#[test]
fn data_survive_a_kill() {
    let Some(mut server) = postgres() else { return };
    let (url, folder) = (server.url(), folder(&server));
    let mut client = Client::connect(&folder, "postgres").expect("the server is ready");
    client.query("CREATE TABLE t (n int)").expect("created");
    client.query("INSERT INTO t VALUES (1), (2)").expect("inserted");
    client.query("BEGIN").expect("begun");
    client.query("INSERT INTO t VALUES (3)").expect("inserted");

    server.kill();
    client.query("COMMIT").expect_err("the connection is gone");
    Client::connect(&folder, "postgres").expect_err("nobody listens");
    assert_eq!(processes(&folder), Vec::<String>::new());

    server.start_again().expect("the server starts again");
    assert_eq!(server.url(), url);
    assert!(server.log().contains("automatic recovery"), "{}", server.log());
    let mut client = Client::connect(&folder, "postgres").expect("the server is ready");
    assert_eq!(client.query("SELECT n FROM t ORDER BY n").expect("an answer"), ["1", "2"]);
}

#[test]
fn a_server_that_was_stopped_in_order_recovers_nothing() {
    let Some(mut server) = postgres() else { return };
    let mut client = Client::connect(&folder(&server), "postgres").expect("the server is ready");
    server.stop();
    client.query("SELECT 1").expect_err("the connection is gone");
    server.start_again().expect("the server starts again");
    assert!(!server.log().contains("automatic recovery"), "{}", server.log());
}

#[test]
fn a_server_that_somebody_else_killed_starts_again() {
    let Some(mut server) = postgres() else { return };
    let folder = folder(&server);
    let mut client = Client::connect(&folder, "postgres").expect("the server is ready");
    // Its child still runs when the server is gone.
    let killed = Command::new("kill").args(["-KILL", &server.id().to_string()]).status();
    assert!(killed.expect("there is `kill`").success());
    wait("the socket is closed", || Client::connect(&folder, "postgres").is_err());
    server.start_again().expect("the server starts again");
    client.query("SELECT 1").expect_err("the connection is gone");
    Client::connect(&folder, "postgres").expect("the server is ready");
}

#[test]
fn a_drop_ends_the_server_and_removes_its_files() {
    let Some(server) = postgres() else { return };
    let folder = folder(&server);
    let mut client = Client::connect(&folder, "postgres").expect("the server is ready");
    drop(server);
    client.query("SELECT 1").expect_err("the connection is gone");
    assert!(!folder.exists());
    assert_eq!(processes(&folder), Vec::<String>::new());
}

#[test]
fn a_ctrl_c_in_the_terminal_is_not_for_the_server() {
    let Some(server) = postgres() else { return };
    let id = server.id().to_string();
    let status = fs::read_to_string(format!("/proc/{id}/stat")).expect("the server runs");
    // Behind the name: the state, the parent, and the group that a terminal sends its signals to.
    let (_, fields) = status.rsplit_once(") ").expect("a name");
    assert_eq!(fields.split(' ').nth(2), Some(&*id), "{status}");
}

#[test]
fn missing_programs_are_one_sentence_with_the_remedy() {
    let options =
        PostgresOptions { programs: Some("/nowhere".into()), ..PostgresOptions::default() };
    let error = PrivatePostgres::start(&options).expect_err("there is nothing at /nowhere");
    assert!(matches!(error, PostgresError::NotInstalled { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "PostgreSQL is not installed: no folder of /nowhere has both `initdb` and `postgres`; \
         install it, on Debian with `apt-get install postgresql`"
    );
}

#[test]
fn a_bad_setting_is_named() {
    let settings = vec![("max_connections".to_owned(), "many".to_owned())];
    let options = PostgresOptions { settings, ..PostgresOptions::default() };
    let error = match PrivatePostgres::start(&options) {
        Ok(_) => panic!("started with a bad setting"),
        Err(PostgresError::NotInstalled { .. }) => return,
        Err(error) => error.to_string(),
    };
    assert!(error.contains(r#"invalid value for parameter "max_connections": "many""#), "{error}");
}

#[test]
fn a_start_that_is_stopped_fails_in_each_of_its_steps() {
    if postgres().is_none() {
        return;
    }
    let mut stopped = 0;
    // Until it is not stopped in time any more.
    for millis in (0..).step_by(200) {
        let options = PostgresOptions { fsync: false, ..PostgresOptions::default() };
        let stop = Arc::clone(&options.stop);
        let start = thread::spawn(move || PrivatePostgres::start(&options));
        thread::sleep(Duration::from_millis(millis));
        stop.store(true, Ordering::Relaxed);
        match start.join().expect("no panic") {
            Ok(_) => break,
            Err(PostgresError::Stopped) => stopped += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(stopped > 0);
}

#[test]
fn a_bad_name_of_a_database_is_refused() {
    for name in ["", "Tasker", "1st", "a b", "a\"; DROP DATABASE postgres"] {
        let options = PostgresOptions { database: name.to_owned(), ..PostgresOptions::default() };
        let error = PrivatePostgres::start(&options).expect_err("a bad name");
        assert!(matches!(error, PostgresError::DatabaseName { .. }), "{error:?}");
    }
}

/// The kernel stops the server where it can be asked to, which takes the program `setpriv`.
#[test]
fn a_server_ends_when_its_application_is_killed() {
    if Command::new("setpriv").arg("--version").output().is_err() || postgres().is_none() {
        return;
    }
    let mut application = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "application", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program starts");
    let lines = BufReader::new(application.stdout.take().expect("piped")).lines();
    let folder = lines
        .map(|line| line.expect("UTF-8"))
        .find_map(|line| line.split_once("folder: ").map(|(_, folder)| PathBuf::from(folder)))
        .expect("the application prints its folder");
    Client::connect(&folder, "postgres").expect("the server is ready");
    application.kill().expect("it runs");
    application.wait().expect("it ended");
    wait("the server ends", || processes(&folder).is_empty());
    drop(postgres());
    assert!(!folder.exists(), "the next server has removed what is left");
}

/// The application that [`a_server_ends_when_its_application_is_killed`] kills.
#[test]
#[ignore = "another test starts it"]
fn application() {
    let Some(server) = postgres() else { return };
    println!("folder: {}", folder(&server).display());
    // The end of the input is the end of the test.
    let _ = io::stdin().read(&mut [0]);
}
