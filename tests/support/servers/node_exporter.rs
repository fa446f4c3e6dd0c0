//! The program `prometheus-node-exporter`.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
};

use tempfile::TempDir;

use super::{ServerProcess, wait};

/// A node exporter on a free port, which shows the files of one folder and nothing else.
#[derive(Debug)]
pub struct NodeExporter {
    address: SocketAddr,
    _process: ServerProcess,
    /// The last field, so that the exporter ends before its folder is removed.
    _folder: TempDir,
}

impl NodeExporter {
    pub(super) fn start(program: &Path, textfiles: &Path) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = ServerProcess::command(program);
        command.args(["--web.listen-address=127.0.0.1:0", "--collector.disable-defaults"]);
        command.args(["--collector.textfile", "--collector.textfile.directory"]).arg(textfiles);
        let log = folder.path().join("node-exporter.log");
        let mut process = ServerProcess::start(&mut command, log);
        let address = wait("the node exporter reports its port", || {
            assert_eq!(process.ended(), None, "the node exporter ended: {}", process.said());
            let said = process.said();
            let (_, behind) = said.split_once("msg=\"Listening on\" address=")?;
            behind.split_once('\n')?.0.parse().ok()
        });
        Self { address, _process: process, _folder: folder }
    }

    /// What it shows now.
    ///
    /// # Panics
    ///
    /// If the exporter does not answer.
    pub fn metrics(&self) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the node exporter accepts");
        // HTTP/1.0 has no chunks.
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").expect("the node exporter reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the node exporter answers");
        answer
    }
}
