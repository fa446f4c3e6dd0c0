//! The program `prometheus-pushgateway`.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
};

use tempfile::TempDir;

use super::{ServerProcess, wait};

/// A Pushgateway on a free port, which keeps its groups in memory.
#[derive(Debug)]
pub struct Pushgateway {
    address: SocketAddr,
    _process: ServerProcess,
    /// The last field, so that the gateway ends before its folder is removed.
    _folder: TempDir,
}

impl Pushgateway {
    /// `web_config` is the content of the file for TLS and passwords.
    pub(super) fn start(program: &Path, web_config: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("web.yml");
        fs::write(&file, web_config).expect("a file in a temporary folder");
        let mut command = ServerProcess::command(program);
        command.arg("--web.listen-address=127.0.0.1:0").arg("--web.config.file").arg(file);
        // Debian's has a file of the machine by default.
        command.arg("--persistence.file").arg(folder.path().join("groups"));
        let log = folder.path().join("pushgateway.log");
        let mut process = ServerProcess::start(&mut command, log);
        let address = wait("the Pushgateway reports its port", || {
            assert_eq!(process.ended(), None, "the Pushgateway ended: {}", process.said());
            let said = process.said();
            let (_, behind) = said.split_once("msg=\"Listening on\" address=")?;
            behind.split_once('\n')?.0.parse().ok()
        });
        Self { address, _process: process, _folder: folder }
    }

    /// The address at which the gateway listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a gateway without TLS.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a gateway without TLS shows a Prometheus, with these further headers of the request.
    ///
    /// # Panics
    ///
    /// If the gateway does not answer.
    pub fn metrics(&self, headers: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the Pushgateway accepts");
        // HTTP/1.0 has no chunks.
        let request = format!("GET /metrics HTTP/1.0\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).expect("the Pushgateway reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the Pushgateway answers");
        answer
    }
}
