//! The server.

use std::{
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::{
    cluster::{Cluster, PORT, USER, reason},
    error::PostgresError,
    options::PostgresOptions,
};
use crate::{
    percent_encoding::percent_encoded,
    server_process::{Endings, INTERVAL, ServerProcess},
};

/// A fast shutdown ends the transactions and saves everything. An immediate one does not; the
/// server kills its own children after five seconds.
const ENDINGS: Endings = Endings {
    stop: (Signal::INT, Duration::from_secs(60)),
    kill: (Signal::QUIT, Duration::from_secs(15)),
};

/// What a server logs that was started too soon after its predecessor was killed: the processes of
/// the predecessor are about to end.
const PREDECESSOR: &str = "pre-existing shared memory block";

/// A PostgreSQL server of this process, with its files in a temporary folder.
///
/// It listens on a Unix socket in that folder, which no other user can enter, and on no address.
/// The only user of the server is `postgres`, and needs no password.
///
/// A drop stops the server and removes its files. Where this process ends without the drop, because
/// it is killed or calls [`exit`](std::process::exit), the kernel stops the server, and the next
/// start of a server by this user removes the files. That takes the program `setpriv` of util-linux
/// in `PATH`. Without it, the server goes on, and its files stay.
///
/// All methods block their thread until they are done. In async code, call them and drop the server
/// in `spawn_blocking`.
#[derive(Debug)]
pub struct PrivatePostgres {
    process: ServerProcess,
    /// The last field, so that the server ends before its folder is removed.
    cluster: Cluster,
}

impl PrivatePostgres {
    /// Creates a database in a temporary folder and starts a server for it. When this returns, the
    /// server takes clients.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start with these options.
    pub fn start(options: &PostgresOptions) -> Result<Self, PostgresError> {
        let cluster = Cluster::create(options.clone())?;
        let process = serve(&cluster)?;
        Ok(Self { process, cluster })
    }

    /// The URL for clients, such as
    /// `postgres://postgres@%2Ftmp%2Fosapi-postgres-r2SyVm:5432/tasker`. It stays the same when the
    /// server is started again.
    pub fn url(&self) -> String {
        let folder = percent_encoded(self.cluster.folder(), b"");
        format!("postgres://{USER}@{folder}:{PORT}/{}", self.cluster.options().database)
    }

    /// The process id of the server, whose children serve the clients.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The log since the server was started the last time.
    pub fn log(&self) -> String {
        self.cluster.log()
    }

    /// Ends the server at once, as a crash does: clients lose their connections, and nothing is
    /// saved that is not committed. No process of the server runs when this returns.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends the server in order: open transactions are rolled back, and everything is saved.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Starts the server again, with the same files and the same URL. A server that still runs is
    /// killed before.
    ///
    /// # Errors
    /// The server does not start.
    pub fn start_again(&mut self) -> Result<(), PostgresError> {
        self.kill();
        self.process = serve(&self.cluster)?;
        Ok(())
    }
}

/// Starts a server, and waits until it takes clients.
fn serve(cluster: &Cluster) -> Result<ServerProcess, PostgresError> {
    let limit = cluster.options().start_limit;
    let begin = Instant::now();
    let mut process = spawn(cluster)?;
    while !cluster.is_ready(process.id()) {
        cluster.check_stop()?;
        if process.has_ended() {
            let reason = reason(&cluster.log());
            if !reason.contains(PREDECESSOR) || begin.elapsed() > limit {
                return Err(PostgresError::Ended { reason });
            }
            process = spawn(cluster)?;
        } else if begin.elapsed() > limit {
            return Err(PostgresError::NotReady { limit, reason: reason(&cluster.log()) });
        }
        thread::sleep(INTERVAL);
    }
    Ok(process)
}

fn spawn(cluster: &Cluster) -> Result<ServerProcess, PostgresError> {
    let command = cluster.server()?;
    let program = command.get_program().into();
    ServerProcess::start("postgres", command, ENDINGS)
        .map_err(|cause| PostgresError::Run { program, cause })
}
