//! Flush and shutdown: their results, and their async forms.

use std::{
    error::Error,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use osapi_metrics::{FlushError, config::OtlpProtocol};
use osapi_metrics_tests::{
    otlp_receiver::{Behaviour, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::{beside_others, count, counted_in_all, install};

#[test]
fn an_error_has_its_cause() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Status(400));
        let metrics = install(pushing_to(&receiver.url(), protocol));
        for error in [metrics.flush().unwrap_err(), metrics.shutdown().unwrap_err()] {
            assert!(matches!(error, FlushError::Otlp(_)), "{protocol:?}: {error:?}");
            let cause = error.source().expect("a cause").to_string();
            assert!(cause.contains(&receiver.url()), "{protocol:?}: {cause}");
            let expected = if protocol == OtlpProtocol::Grpc { "InvalidArgument" } else { "400" };
            assert!(cause.contains(expected), "{protocol:?}: {cause}");
        }
        assert!(matches!(metrics.flush(), Err(FlushError::AlreadyShutdown)));
    });
}

/// Runs a future on the only thread of a runtime.
fn on_one_thread<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn the_async_forms_export() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf));
    on_one_thread(async {
        count("async", 1);
        metrics.flush_async().await.unwrap();
        count("async", 1);
        metrics.shutdown_async().await.unwrap();
        assert!(matches!(metrics.flush_async().await, Err(FlushError::AlreadyShutdown)));
        metrics.shutdown_async().await.unwrap();
    });
    assert_eq!(counted_in_all(&receiver, "async"), [1.0, 2.0]);
}

/// A thread that runs the future goes on with other tasks meanwhile.
#[test]
fn the_async_forms_do_not_block() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    receiver.behave(Behaviour::Hang);
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::Grpc);
    // The request has to arrive within it.
    config.otlp.timeout = Duration::from_secs(2);
    let metrics = install(config);
    let mut flush = pin!(metrics.flush_async());
    let mut context = Context::from_waker(Waker::noop());
    assert!(flush.as_mut().poll(&mut context).is_pending());
    receiver.await_tries(1);
    on_one_thread(flush).unwrap_err();
}

#[test]
fn the_async_forms_need_no_runtime() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::Grpc));
    count("no runtime", 1);
    let flushed =
        std::thread::scope(|scope| scope.spawn(|| block_on(metrics.flush_async())).join().unwrap());
    flushed.unwrap();
    assert_eq!(counted_in_all(&receiver, "no runtime"), [1.0]);
}

/// The smallest executor: it parks the thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}
