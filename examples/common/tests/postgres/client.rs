//! A client that speaks as much of PostgreSQL's protocol, version 3.0, as the tests need.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
};

/// A connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: UnixStream,
}

impl Client {
    /// Connects to the server whose socket is in a folder.
    pub(crate) fn connect(folder: &Path, database: &str) -> io::Result<Self> {
        let mut client = Self { stream: UnixStream::connect(folder.join(".s.PGSQL.5432"))? };
        let mut startup = 196_608_u32.to_be_bytes().to_vec();
        startup.extend(format!("user\0postgres\0database\0{database}\0\0").into_bytes());
        client.send(&startup)?;
        client.rows()?;
        Ok(client)
    }

    /// The first column of the result of a query.
    pub(crate) fn query(&mut self, query: &str) -> io::Result<Vec<String>> {
        self.stream.write_all(b"Q")?;
        self.send(format!("{query}\0").as_bytes())?;
        self.rows()
    }

    /// Sends the body of a message behind its length.
    fn send(&mut self, body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(body.len() + 4).expect("a short message");
        self.stream.write_all(&[&length.to_be_bytes(), body].concat())
    }

    /// Reads messages until the server is ready for the next query.
    fn rows(&mut self) -> io::Result<Vec<String>> {
        let mut rows = Vec::new();
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head)?;
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; length as usize - 4];
            self.stream.read_exact(&mut body)?;
            match head[0] {
                // The number of columns has two bytes, and the length of the first one has four.
                b'D' => rows.push(String::from_utf8_lossy(&body[6..]).into_owned()),
                b'E' => return Err(io::Error::other(String::from_utf8_lossy(&body).into_owned())),
                b'Z' => return Ok(rows),
                _ => {}
            }
        }
    }
}
