//! Connections that break at each byte of an answer: nothing is known of the request, which is sent
//! again over a new connection.

use std::{
    io::{self, Read},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use osapi_metrics::config::OtlpProtocol;
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::{beside_others, count, counted, install};

/// A proxy before a receiver, whose first connection breaks after a number of bytes of the answer.
struct BreakingProxy {
    address: SocketAddr,
    /// The bytes of the answers that have passed.
    passed: Arc<AtomicU64>,
}

impl BreakingProxy {
    fn start(receiver: SocketAddr, bytes: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let passed = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&passed);
        // It ends with the test program.
        thread::spawn(move || {
            let limits = std::iter::once(bytes).chain(std::iter::repeat(u64::MAX));
            for (client, limit) in listener.incoming().zip(limits) {
                let Ok(server) = TcpStream::connect(receiver) else { return };
                forward(client.unwrap(), server, limit, Arc::clone(&counter));
            }
        });
        Self { address, passed }
    }
}

/// Passes everything to the server, and this number of bytes to the client.
fn forward(client: TcpStream, server: TcpStream, limit: u64, passed: Arc<AtomicU64>) {
    let (mut from_client, mut to_server) =
        (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let answers = CountedRead { inner: (&server).take(limit), passed: &passed };
        let _ = io::copy(&mut { answers }, &mut &client);
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    });
}

struct CountedRead<'a, R> {
    inner: R,
    passed: &'a AtomicU64,
}

impl<R: Read> Read for CountedRead<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.passed.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

/// The bytes that a collector sends over the connection of one export.
fn bytes_of_an_answer(protocol: OtlpProtocol) -> u64 {
    let receiver = OtlpReceiver::start();
    let proxy = BreakingProxy::start(receiver.address(), u64::MAX);
    let metrics = install(pushing_to(&format!("http://{}", proxy.address), protocol));
    metrics.flush().unwrap();
    proxy.passed.load(Ordering::Relaxed)
}

#[test]
fn a_connection_that_breaks_at_any_byte_is_made_again() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let all = bytes_of_an_answer(protocol);
        assert!(all > 30, "{protocol:?} {all}");
        let step = usize::try_from(all / 24).unwrap() + 1;
        thread::scope(|scope| {
            for bytes in (0..all).step_by(step) {
                scope.spawn(move || {
                    let case = format!("{protocol:?} break {bytes}");
                    let receiver = OtlpReceiver::start();
                    let proxy = BreakingProxy::start(receiver.address(), bytes);
                    let url = format!("http://{}", proxy.address);
                    let metrics = install(pushing_to(&url, protocol));
                    count(&case, 2);
                    let flushed = metrics.flush();
                    assert!(flushed.is_ok(), "{case} of {all}: {flushed:?}");
                    let exports = receiver.exports();
                    let last = exports.last().unwrap();
                    assert_eq!(counted(last, &case), Some(2.0), "{case} of {all}");
                });
            }
        });
    });
}

/// The collector accepts connections, and resets them before it reads the request.
#[test]
fn a_connection_that_is_reset_is_made_again() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = install(pushing_to(&format!("http://{address}"), protocol));
        let case = format!("{protocol:?} reset");
        count(&case, 2);
        let resetting = thread::spawn(move || {
            for _ in 0..2 {
                let (client, _) = listener.accept().unwrap();
                // To close a connection with bytes that were not read resets it.
                client.peek(&mut [0]).unwrap();
            }
            drop(listener);
            OtlpReceiver::start_at(address)
        });
        let flushed = metrics.flush();
        assert!(flushed.is_ok(), "{protocol:?}: {flushed:?}");
        let receiver = resetting.join().unwrap();
        assert_eq!(counted(receiver.exports().last().unwrap(), &case), Some(2.0), "{protocol:?}");
    });
}

#[test]
fn an_answer_that_ends_within_its_message_is_tried_again() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        receiver.script([Behaviour::Truncated]);
        let metrics = install(pushing_to(&receiver.url(), protocol));
        let flushed = metrics.flush();
        assert_eq!((flushed.is_ok(), receiver.tries()), (true, 2), "{protocol:?}: {flushed:?}");
    });
}
