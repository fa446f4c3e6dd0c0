//! The server.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::{
    error::RedisError,
    files::{ServerFiles, reason},
    options::RedisOptions,
};
use crate::{
    percent_encoding::percent_encoded,
    server_process::{Endings, INTERVAL, ServerProcess},
};

/// A server that is asked to end writes its data first.
const ENDINGS: Endings = Endings {
    stop: (Signal::TERM, Duration::from_secs(60)),
    kill: (Signal::KILL, Duration::from_secs(15)),
};

/// What a server logs whose port somebody else has.
const PORT_TAKEN: &str = "Failed listening on port";

/// A Redis server of this process, with its files in a temporary folder.
///
/// It listens on a Unix socket in that folder, which no other user can enter, and on no address
/// unless the [options](RedisOptions::tcp) say so. It needs no password.
///
/// A drop kills the server and removes its files. Where this process ends without the drop, because
/// it is killed or calls [`exit`](std::process::exit), the kernel kills the server, and the next
/// start of a server by this user removes the files. That takes the program `setpriv` of util-linux
/// in `PATH`. Without it, the server goes on, and its files stay.
///
/// All methods block their thread until they are done. In async code, call them and drop the server
/// in `spawn_blocking`.
#[derive(Debug)]
pub struct PrivateRedis {
    process: ServerProcess,
    port: Option<u16>,
    /// The last field, so that the server ends before its folder is removed.
    files: ServerFiles,
}

impl PrivateRedis {
    /// Starts a server without data in a temporary folder. When this returns, the server takes
    /// clients.
    ///
    /// # Errors
    /// Redis is not installed, or does not start with these options.
    pub fn start(options: &RedisOptions) -> Result<Self, RedisError> {
        let files = ServerFiles::create(options.clone())?;
        let mut port = None;
        let process = serve(&files, || {
            port = if options.tcp { Some(free_port()?) } else { None };
            Ok(port)
        })?;
        Ok(Self { process, port, files })
    }

    /// The URL for clients, such as `redis+unix:///tmp/osapi-redis-r2SyVm/redis.sock`. It stays the
    /// same when the server is started again.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", percent_encoded(&self.socket(), b"/"))
    }

    /// The Unix socket of the server.
    pub fn socket(&self) -> PathBuf {
        self.files.socket()
    }

    /// The URL for clients over TCP, such as `redis://127.0.0.1:6379`; `None` without
    /// [`tcp`](RedisOptions::tcp). It stays the same when the server is started again.
    pub fn tcp_url(&self) -> Option<String> {
        self.address().map(|address| format!("redis://{address}"))
    }

    /// The address at which the server listens; `None` without [`tcp`](RedisOptions::tcp).
    pub fn address(&self) -> Option<SocketAddr> {
        self.port.map(|port| (Ipv4Addr::LOCALHOST, port).into())
    }

    /// The process id of the server.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The log since the server was started the last time.
    pub fn log(&self) -> String {
        self.files.log()
    }

    /// Ends the server at once, as a crash does: clients lose their connections. What the server
    /// has answered is saved. The server does not run when this returns.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends the server in order.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Starts the server again, with the same data and the same URLs. A server that still runs is
    /// killed before.
    ///
    /// # Errors
    /// The server does not start.
    pub fn start_again(&mut self) -> Result<(), RedisError> {
        self.kill();
        self.process = serve(&self.files, || Ok(self.port))?;
        Ok(())
    }
}

/// Starts a server at the port that `port` returns, and waits until it takes clients.
fn serve(
    files: &ServerFiles,
    mut port: impl FnMut() -> Result<Option<u16>, RedisError>,
) -> Result<ServerProcess, RedisError> {
    let limit = files.options().start_limit;
    let begin = Instant::now();
    let mut process = spawn(files, port()?)?;
    while !files.is_ready() {
        if process.has_ended() {
            let reason = reason(&files.log());
            if !reason.contains(PORT_TAKEN) || begin.elapsed() > limit {
                return Err(RedisError::Ended { reason });
            }
            // The system may have given the port to a connection for a moment.
            process = spawn(files, port()?)?;
        } else if begin.elapsed() > limit {
            return Err(RedisError::NotReady { limit, reason: reason(&files.log()) });
        }
        thread::sleep(INTERVAL);
    }
    Ok(process)
}

fn spawn(files: &ServerFiles, port: Option<u16>) -> Result<ServerProcess, RedisError> {
    let command = files.server(port)?;
    let program = command.get_program().into();
    ServerProcess::start("redis", command, ENDINGS)
        .map_err(|cause| RedisError::Run { program, cause })
}

/// A port that is free now. Redis takes 0 for no port, so it cannot choose one itself.
fn free_port() -> Result<u16, RedisError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|cause| RedisError::Port { cause })
}
