//! A private Redis server, with the program that is installed.

// The tests find the processes of a server in `/proc`.
#![cfg(target_os = "linux")]

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::{fs::MetadataExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_common::redis::{PrivateRedis, RedisError, RedisOptions};
use osapi_metrics_tests::servers::{redis, redis_with};

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer to a command whose answer is one line.
fn ask(mut stream: impl Read + Write, command: &str) -> io::Result<String> {
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    if line.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(line) }
}

fn connect(server: &PrivateRedis) -> UnixStream {
    UnixStream::connect(server.socket()).expect("the server listens")
}

fn folder(server: &PrivateRedis) -> PathBuf {
    server.socket().parent().expect("a folder").to_owned()
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
fn a_server_serves_on_its_socket_alone() {
    let settings = vec![("databases".to_owned(), "3".to_owned())];
    let options = RedisOptions { settings, ..RedisOptions::default() };
    let Some(server) = redis_with(&options) else { return };
    assert_eq!(server.url(), format!("redis+unix://{}", server.socket().display()));
    assert_eq!((server.tcp_url(), server.address()), (None, None));
    let client = connect(&server);
    assert_eq!(ask(&client, "PING").expect("an answer"), "+PONG\r\n");
    assert_eq!(ask(&client, "SELECT 2").expect("an answer"), "+OK\r\n");
    assert!(ask(&client, "SELECT 3").expect("an answer").starts_with("-ERR"));
    assert!(server.log().contains("port=0."), "{}", server.log());
}

#[test]
fn a_server_serves_on_a_port_too() {
    let Some(mut server) = redis_with(&RedisOptions { tcp: true, ..RedisOptions::default() })
    else {
        return;
    };
    let (url, address) = (server.tcp_url(), server.address().expect("an address"));
    assert_eq!(url, Some(format!("redis://{address}")));
    let client = TcpStream::connect(address).expect("the server listens");
    assert_eq!(ask(&client, "SET k v").expect("an answer"), "+OK\r\n");
    server.kill();
    TcpStream::connect(address).expect_err("nobody listens");
    server.start_again().expect("the server starts again");
    assert_eq!((server.tcp_url(), server.address()), (url, Some(address)));
    let client = TcpStream::connect(address).expect("the server listens");
    assert_eq!(ask(&client, "STRLEN k").expect("an answer"), ":1\r\n");
}

#[test]
fn no_other_user_enters_the_folder() {
    let Some(server) = redis() else { return };
    let folder = fs::metadata(folder(&server)).expect("a folder");
    assert_eq!(folder.mode() & 0o777, 0o700);
}

#[test]
fn data_survive_a_kill_and_a_stop() {
    let Some(mut server) = redis() else { return };
    let (url, folder) = (server.url(), folder(&server));
    for (count, end) in [PrivateRedis::kill, PrivateRedis::stop].into_iter().enumerate() {
        let client = connect(&server);
        assert_eq!(ask(&client, "INCR n").expect("an answer"), format!(":{}\r\n", count + 1));
        end(&mut server);
        ask(&client, "INCR n").expect_err("the connection is gone");
        UnixStream::connect(server.socket()).expect_err("nobody listens");
        assert_eq!(processes(&folder), Vec::<String>::new());
        server.start_again().expect("the server starts again");
        assert_eq!(server.url(), url);
    }
    assert_eq!(ask(connect(&server), "INCR n").expect("an answer"), ":3\r\n");
}

#[test]
fn a_drop_ends_the_server_and_removes_its_files() {
    let Some(server) = redis() else { return };
    let (folder, client) = (folder(&server), connect(&server));
    assert_eq!(processes(&folder), [server.id().to_string()]);
    drop(server);
    ask(&client, "PING").expect_err("the connection is gone");
    assert!(!folder.exists());
    assert_eq!(processes(&folder), Vec::<String>::new());
}

#[test]
fn a_ctrl_c_in_the_terminal_is_not_for_the_server() {
    let Some(server) = redis() else { return };
    let id = server.id().to_string();
    let status = fs::read_to_string(format!("/proc/{id}/stat")).expect("the server runs");
    // Behind the name: the state, the parent, and the group that a terminal sends its signals to.
    let (_, fields) = status.rsplit_once(") ").expect("a name");
    assert_eq!(fields.split(' ').nth(2), Some(&*id), "{status}");
}

#[test]
fn a_missing_program_is_one_sentence_with_the_remedy() {
    let options =
        RedisOptions { program: Some("/nowhere/redis".into()), ..RedisOptions::default() };
    let error = PrivateRedis::start(&options).expect_err("there is nothing at /nowhere");
    assert!(matches!(error, RedisError::NotInstalled { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "Redis is not installed: there is no /nowhere/redis; install it, on Debian with `apt-get \
         install redis-server`"
    );
}

#[test]
fn a_bad_setting_is_named() {
    let settings = vec![("maxmemory".to_owned(), "many".to_owned())];
    let options = RedisOptions { settings, ..RedisOptions::default() };
    let error = match PrivateRedis::start(&options) {
        Ok(_) => panic!("started with a bad setting"),
        Err(RedisError::NotInstalled { .. }) => return,
        Err(error) => error.to_string(),
    };
    assert!(error.contains("'maxmemory \"many\"': argument must be a memory value"), "{error}");
}

/// The kernel kills the server where it can be asked to, which takes the program `setpriv`.
#[test]
fn a_server_ends_when_its_application_is_killed() {
    if Command::new("setpriv").arg("--version").output().is_err() || redis().is_none() {
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
    UnixStream::connect(folder.join("redis.sock")).expect("the server is ready");
    application.kill().expect("it runs");
    application.wait().expect("it ended");
    wait("the server ends", || processes(&folder).is_empty());
    drop(redis());
    assert!(!folder.exists(), "the next server has removed what is left");
}

/// The application that [`a_server_ends_when_its_application_is_killed`] kills.
#[test]
#[ignore = "another test starts it"]
fn application() {
    let Some(server) = redis() else { return };
    println!("folder: {}", folder(&server).display());
    // The end of the input is the end of the test.
    let _ = io::stdin().read(&mut [0]);
}
