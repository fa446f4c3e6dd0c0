//! A proxy for tests: it forwards requests and opens tunnels on one port, and refuses on demand.
//!
//! It knows servers by names that nothing else resolves, so that what arrives has come through it.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use base64::prelude::{BASE64_STANDARD, Engine};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// The way in which the proxy answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyBehaviour {
    /// Connects to the server.
    Connect,
    /// Refuses with this status.
    Refuse(u16),
    /// Ends the connection without an answer.
    Close,
    /// Does not answer.
    Hang,
    /// Answers with something else than HTTP.
    Garbage,
    /// Answers with a head that does not end.
    EndlessHead,
    /// Answers with informational responses that do not end.
    EndlessInformation,
}

/// A running proxy. Dropping it closes its port and its connections.
#[derive(Debug)]
pub struct HttpProxy {
    address: SocketAddr,
    is_tls: bool,
    shared: Arc<Shared>,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Shared {
    /// The name of the server with its port, and where it is.
    server: (String, SocketAddr),
    /// The user name and the password that a client has to send.
    credentials: Option<String>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    behaviour: ProxyBehaviour,
    /// The first line of each request, without its version.
    requests: Vec<String>,
}

impl HttpProxy {
    /// A proxy to the server of this name and port.
    pub fn start(name: &str, server: SocketAddr) -> Self {
        Self::listen(name, server, None, None)
    }

    /// A proxy that asks for `user:password`.
    pub fn start_with(name: &str, server: SocketAddr, credentials: &str) -> Self {
        Self::listen(name, server, Some(credentials.to_owned()), None)
    }

    /// A proxy that is reached over TLS.
    pub fn start_tls(name: &str, server: SocketAddr, config: ServerConfig) -> Self {
        Self::listen(name, server, None, Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn listen(
        name: &str,
        server: SocketAddr,
        credentials: Option<String>,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let state = State { behaviour: ProxyBehaviour::Connect, requests: Vec::new() };
        let shared = Arc::new(Shared {
            server: (name.to_owned(), server),
            credentials,
            state: Mutex::new(state),
        });
        let is_tls = tls.is_some();
        let (stop, stopped) = oneshot::channel();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("the port is bound");
        listener.set_nonblocking(true).expect("a socket can be without blocking");
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(async {
                    let listener = TcpListener::from_std(listener).expect("a listener");
                    tokio::select! {
                        () = serve(listener, tls, shared) => {}
                        _ = stopped => {}
                    }
                });
            }
        });
        Self { address, is_tls, shared, thread: Some((stop, thread)) }
    }

    /// The address at which the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the proxy, without user name and password.
    pub fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The URL with `user:password`, which are percent-encoded.
    pub fn url_with(&self, credentials: &str) -> String {
        self.url().replace("://", &format!("://{credentials}@"))
    }

    /// Answers all further requests in this way.
    pub fn behave(&self, behaviour: ProxyBehaviour) {
        self.shared.lock().behaviour = behaviour;
    }

    /// The method and the target of each request.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().requests.clone()
    }
}

impl Drop for HttpProxy {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

trait Bytes: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Bytes for T {}

type Stream = Pin<Box<dyn Bytes>>;

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        connections.spawn(async move {
            let stream: Stream = match tls {
                None => Box::pin(stream),
                Some(tls) => Box::pin(tls.accept(stream).await?),
            };
            connection(stream, &shared).await
        });
    }
}

/// Answers the first request of a connection, which ends with it.
async fn connection(mut client: Stream, shared: &Shared) -> io::Result<()> {
    let head = head(&mut client).await?;
    let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    let request = line.trim_end_matches(" HTTP/1.1");
    let (method, target) = request.split_once(' ').unwrap_or((request, ""));
    let behaviour = {
        let mut state = shared.lock();
        state.requests.push(request.to_owned());
        state.behaviour
    };
    if let Some(credentials) = &shared.credentials {
        let sent = header(headers, "proxy-authorization").unwrap_or_default();
        if sent != format!("Basic {}", BASE64_STANDARD.encode(credentials)) {
            let head = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
            return client.write_all(head.as_bytes()).await;
        }
    }
    match behaviour {
        ProxyBehaviour::Connect => {}
        ProxyBehaviour::Refuse(status) => {
            let head = format!("HTTP/1.1 {status} No\r\nContent-Length: 3\r\n\r\nno!");
            return client.write_all(head.as_bytes()).await;
        }
        ProxyBehaviour::Close => return Ok(()),
        ProxyBehaviour::Hang => std::future::pending().await,
        ProxyBehaviour::Garbage => return client.write_all(b"220 mail.example\r\n\r\n").await,
        ProxyBehaviour::EndlessHead => {
            client.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                client.write_all(b"x-padding: 0123456789\r\n").await?;
            }
        }
        ProxyBehaviour::EndlessInformation => loop {
            client.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").await?;
        },
    }
    let (name, address) = &shared.server;
    let wanted = target.strip_prefix("http://").unwrap_or(target);
    let authority = wanted.split('/').next().unwrap_or_default();
    if authority != name {
        return client.write_all(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut server = TcpStream::connect(address).await?;
    if method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connected\r\nX-Proxy: test\r\n\r\n").await?;
    } else {
        let path = &wanted[authority.len()..];
        let mut forwarded = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for line in headers.lines().filter(|line| !line.to_lowercase().starts_with("proxy-")) {
            forwarded.push_str(line);
            forwarded.push_str("\r\n");
        }
        forwarded.push_str("\r\n");
        server.write_all(forwarded.as_bytes()).await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// The head of a request, without its empty line.
async fn head(client: &mut Stream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    head.truncate(head.len() - 4);
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn header<'a>(headers: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = headers.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
