//! Push over TLS: the authorities that the exporter trusts, and the certificate of the client.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use osapi_metrics::{
    FlushError, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::{otlp_receiver::OtlpReceiver, over_every_protocol, pushing_to};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tempfile::TempDir;

use crate::beside_others;

/// A certificate authority, and a collector and a client with certificates of the authority. The
/// collector requires clients to have one.
struct Authority {
    folder: TempDir,
    collector: ServerConfig,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let issued = |names: &[&str], usage| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let mut params = CertificateParams::new(names).unwrap();
            params.extended_key_usages.push(usage);
            let key = KeyPair::generate().unwrap();
            (params.signed_by(&key, &authority).unwrap(), key)
        };
        let (server, server_key) = issued(&["127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth);
        let (client, client_key) = issued(&["agent"], ExtendedKeyUsagePurpose::ClientAuth);

        let folder = TempDir::new().unwrap();
        for (name, pem) in [
            ("ca.pem", authority.pem()),
            ("client.pem", client.pem()),
            ("client.key", client_key.serialize_pem()),
        ] {
            fs::write(folder.path().join(name), pem).unwrap();
        }

        let provider = Arc::new(ring::default_provider());
        let mut clients = RootCertStore::empty();
        clients.add(authority.der().clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(clients), Arc::clone(&provider))
                .build()
                .unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let mut collector = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![server.der().clone()], key)
            .unwrap();
        collector.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self { folder, collector }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn receiver(&self) -> OtlpReceiver {
        OtlpReceiver::start_tls(self.collector.clone())
    }
}

/// The exporter retries a connection that fails; a short timeout limits the retries in tests where
/// it must fail.
const FEW_TRIES: Duration = Duration::from_millis(300);

fn export_once(config: MetricsConfig) -> Result<(), FlushError> {
    let metrics =
        Metrics::builder().config(config).environment(Environment::default()).install().unwrap();
    metrics.flush()
}

#[test]
fn a_configured_authority_and_identity_are_used() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        let receiver = authority.receiver();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.certificate = Some(authority.file("ca.pem"));
        config.otlp.client_certificate = Some(authority.file("client.pem"));
        config.otlp.client_key = Some(authority.file("client.key"));
        export_once(config).unwrap_or_else(|error| panic!("{protocol:?}: {error}"));
        receiver.await_export(|export| !export.metrics.is_empty());
    });
}

#[test]
fn a_collector_of_an_unknown_authority_gets_nothing() {
    let _others = beside_others();
    let (authority, another) = (Authority::new(), Authority::new());
    over_every_protocol(|protocol| {
        let receiver = authority.receiver();
        for trusted in [None, Some(another.file("ca.pem"))] {
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.certificate = trusted;
            config.otlp.timeout = FEW_TRIES;
            export_once(config).unwrap_err();
        }
        assert_eq!(receiver.tries(), 0, "{protocol:?}");
    });
}

#[test]
fn a_certificate_that_is_not_there_is_an_error_at_the_start() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let mut config = pushing_to("https://collector", protocol);
        config.otlp.certificate = Some(PathBuf::from("no/such.pem"));
        let metrics = Metrics::builder().config(config).environment(Environment::default());
        let error = metrics.install().unwrap_err().to_string();
        assert!(error.contains("certificate `no/such.pem` cannot be read"), "{error}");
    });
}

#[test]
fn a_collector_that_wants_an_identity_takes_nothing_without_one() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        let receiver = authority.receiver();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.certificate = Some(authority.file("ca.pem"));
        config.otlp.timeout = FEW_TRIES;
        export_once(config).unwrap_err();
        assert_eq!(receiver.tries(), 0, "{protocol:?}");
    });
}
