//! An answer that ends or is wrong at any byte: the export fails or is tried again, and what was
//! recorded arrives.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use osapi_metrics_tests::{otlp_receiver::OtlpReceiver, over_every_protocol, pushing_to};

use crate::{beside_others, count, counted, install};

/// What happens to the answers of a connection at one byte.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The connection ends.
    End,
    /// The byte is another one.
    Wrong,
}

/// Passes connections on to a receiver. The next connection has a fault, further ones have none.
struct Proxy {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    next: Option<(usize, Fault)>,
    open: Vec<TcpStream>,
}

impl Proxy {
    fn start(receiver: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(receiver).unwrap());
                let mut shared = of_thread.lock().unwrap_or_else(PoisonError::into_inner);
                let fault = shared.next.take();
                shared.open.push(client.try_clone().unwrap());
                pass(client.try_clone().unwrap(), server.try_clone().unwrap(), None);
                pass(server, client, fault);
            }
        });
        Self { address, shared }
    }

    /// Ends the connections that are open, and gives the next one a fault.
    fn spoil(&self, byte: usize, fault: Fault) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.next = Some((byte, fault));
        for open in shared.open.drain(..) {
            // The peer may have ended it.
            let _ = open.shutdown(Shutdown::Both);
        }
    }
}

/// Passes bytes on until one side ends.
fn pass(mut from: TcpStream, mut to: TcpStream, mut fault: Option<(usize, Fault)>) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = from.read(&mut buffer) {
            let bytes = &mut buffer[..len];
            if write(&mut to, bytes, &mut fault).is_err() {
                break;
            }
        }
        // Each may have ended already.
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}

fn write(
    to: &mut TcpStream,
    bytes: &mut [u8],
    fault: &mut Option<(usize, Fault)>,
) -> io::Result<()> {
    match fault {
        Some((at, kind)) if *at < bytes.len() => {
            let (at, kind) = (*at, *kind);
            *fault = None;
            match kind {
                Fault::End => {
                    to.write_all(&bytes[..at])?;
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Fault::Wrong => bytes[at] ^= 0x55,
            }
        }
        Some((at, _)) => *at -= bytes.len(),
        None => {}
    }
    to.write_all(bytes)
}

/// More bytes than an answer has in any protocol.
const ANSWER: usize = 300;

#[test]
fn an_answer_that_ends_or_is_wrong_at_any_byte() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let proxy = Proxy::start(receiver.address());
        let mut config = pushing_to(&format!("http://{}", proxy.address), protocol);
        // A wrong length lets the client wait for bytes that do not come.
        config.otlp.timeout = Duration::from_millis(500);
        let metrics = install(config);
        let case = format!("{protocol:?} bytes");
        let mut things = 0;
        for byte in (0..ANSWER).step_by(5) {
            for fault in [Fault::End, Fault::Wrong] {
                proxy.spoil(byte, fault);
                count(&case, 1);
                things += 1;
                // The client may take the answer for a success, for a failure, or try again.
                let _ = metrics.flush();
            }
        }
        while metrics.flush().is_err() {}
        receiver.await_export(|export| counted(export, &case) == Some(f64::from(things)));
    });
}
