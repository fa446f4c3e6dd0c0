//! Push over TLS: the authorities that the exporter trusts, and the certificate of the client.

use std::{fs, path::PathBuf, process::Command, sync::Arc, time::Duration};

use osapi_metrics::{
    FlushError, Metrics,
    config::{Environment, MetricsConfig, OtlpProtocol},
};
use osapi_metrics_tests::{
    logs::{lines_about, logs},
    otlp_receiver::OtlpReceiver,
    over_every_protocol, pushing_to,
};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, date_time_ymd,
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
pub(crate) struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
    collector: ServerConfig,
}

impl Authority {
    pub(crate) fn new() -> Self {
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
        Self { folder, issuer: authority, collector }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A collector that requires nothing of clients, with a certificate for this name.
    pub(crate) fn receiver_named(&self, name: &str, is_expired: bool) -> OtlpReceiver {
        OtlpReceiver::start_tls(self.server_named(name, is_expired))
    }

    /// A server that requires nothing of clients, with a certificate for this name.
    pub(crate) fn server_named(&self, name: &str, is_expired: bool) -> ServerConfig {
        let (certificate, key) = self.issued(name, is_expired);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(ring::default_provider());
        let mut collector = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        collector.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        collector
    }

    /// A certificate for this name and its key, as PEM.
    pub(crate) fn pem_named(&self, name: &str) -> (String, String) {
        let (certificate, key) = self.issued(name, false);
        (certificate.pem(), key.serialize_pem())
    }

    fn issued(&self, name: &str, is_expired: bool) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        if is_expired {
            params.not_after = date_time_ymd(2001, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn receiver(&self) -> OtlpReceiver {
        OtlpReceiver::start_tls(self.collector.clone())
    }
}

/// The exporter retries a connection that fails; a short timeout limits the retries in tests where
/// it must fail.
const FEW_TRIES: Duration = Duration::from_secs(2);

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
fn files_that_cannot_work_are_errors_at_the_start() {
    let _others = beside_others();
    let authority = Authority::new();
    let key = KeyPair::generate().unwrap().serialize_pem();
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let legacy = key.replace("PRIVATE", "EC PRIVATE").replacen(
        '\n',
        "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        1,
    );
    let certificate = fs::read_to_string(authority.file("client.pem")).unwrap();
    let no_der = "-----BEGIN CERTIFICATE-----\nAAAAAAAA\n-----END CERTIFICATE-----\n";
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAAAAAA\n-----END PRIVATE KEY-----\n";
    for (name, content) in [
        ("empty", ""),
        ("text", "no PEM"),
        ("half.pem", &certificate[..certificate.len() / 2]),
        ("no_der.pem", no_der),
        ("other.key", &key),
        ("encrypted.key", &encrypted),
        ("legacy.key", &legacy),
        ("no_der.key", no_key),
    ] {
        fs::write(authority.file(name), content).unwrap();
    }
    fs::create_dir(authority.file("folder")).unwrap();
    let made = Command::new("mkfifo").arg(authority.file("pipe")).status().unwrap();
    assert!(made.success());
    let secrets: Vec<_> = key.lines().filter(|line| !line.starts_with('-')).collect();

    over_every_protocol(|protocol| {
        let refused = |file: &str, files: [Option<&str>; 3], expected: &str| {
            let [certificate, client_certificate, client_key] =
                files.map(|name| name.map(|name| authority.file(name)));
            let mut config = pushing_to("https://127.0.0.1:1", protocol);
            config.otlp.certificate = certificate;
            config.otlp.client_certificate = client_certificate;
            config.otlp.client_key = client_key;
            let metrics = Metrics::builder().config(config).environment(Environment::default());
            let error = metrics.install().unwrap_err().to_string();
            let case = format!("{protocol:?} {files:?}: {error}");
            assert!(error.contains(file) && error.contains(expected), "{case}");
            assert!(secrets.iter().all(|secret| !error.contains(secret)), "{case}");
        };
        for (file, problem) in [
            ("missing.pem", "cannot be read: No such file"),
            ("folder", "cannot be read: it is a folder, not a regular file"),
            ("pipe", "cannot be read: it is a pipe, not a regular file"),
            ("/dev/zero", "cannot be read: it is a device, not a regular file"),
            ("empty", "holds no certificate"),
            ("text", "holds no certificate"),
            ("client.key", "holds no certificate"),
            ("half.pem", "is no PEM file"),
            ("no_der.pem", "holds a certificate that cannot be used"),
        ] {
            refused(file, [Some(file), None, None], problem);
            refused(file, [None, Some(file), Some("client.key")], problem);
        }
        for (file, problem) in [
            ("missing.key", "cannot be read: No such file"),
            ("folder", "cannot be read: it is a folder, not a regular file"),
            ("pipe", "cannot be read: it is a pipe, not a regular file"),
            ("/dev/zero", "cannot be read: it is a device, not a regular file"),
            ("empty", "holds no private key"),
            ("client.pem", "holds no private key"),
            ("encrypted.key", "holds a private key that is encrypted"),
            ("legacy.key", "holds a private key that is encrypted"),
            ("no_der.key", "holds a private key that cannot be used"),
            ("other.key", "holds another key than that of the certificate"),
        ] {
            refused(file, [None, Some("client.pem"), Some(file)], problem);
        }
        refused("client_key", [None, Some("client.pem"), None], "a client certificate needs both");
        refused("client_key", [None, None, Some("client.key")], "a client certificate needs both");
    });
}

/// Asserts that exports fail, and that one line of the log gives one of these causes.
fn assert_logged_once(receiver: &OtlpReceiver, config: MetricsConfig, causes: &[&str]) {
    logs();
    let mut config = config;
    config.otlp.timeout = FEW_TRIES;
    let url = config.otlp.url();
    let authority = receiver.address().to_string();
    let metrics =
        Metrics::builder().config(config).environment(Environment::default()).install().unwrap();
    metrics.flush().unwrap_err();
    metrics.flush().unwrap_err();
    let lines = lines_about(&authority);
    let failures: Vec<_> = lines.iter().filter(|line| line.contains("cannot be pushed")).collect();
    assert_eq!(failures.len(), 1, "{url}: {lines:#?}");
    assert!(causes.iter().any(|cause| failures[0].contains(cause)), "{url}: {lines:#?}");
    assert_eq!(receiver.tries(), 0, "{url}");
}

#[test]
fn a_collector_with_another_name_or_an_old_certificate_gets_nothing() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        for (name, is_expired, cause) in [
            ("collector.example", false, "certificate not valid for name"),
            ("127.0.0.1", true, "certificate expired"),
        ] {
            let receiver = authority.receiver_named(name, is_expired);
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.certificate = Some(authority.file("ca.pem"));
            assert_logged_once(&receiver, config, &[cause]);
        }
    });
}

#[test]
fn plain_text_and_tls_do_not_meet() {
    let _others = beside_others();
    let authority = Authority::new();
    over_every_protocol(|protocol| {
        let plain = OtlpReceiver::start();
        let mut config = pushing_to(&format!("https://{}", plain.address()), protocol);
        config.otlp.certificate = Some(authority.file("ca.pem"));
        assert_logged_once(&plain, config, &["received corrupt message"]);

        let secure = authority.receiver_named("127.0.0.1", false);
        let config = pushing_to(&format!("http://{}", secure.address()), protocol);
        // The collector closes the connection, which can be before it has read the request.
        let causes: &[&str] = match protocol {
            OtlpProtocol::Grpc => &["connection error"],
            _ => &["invalid HTTP version", "Connection reset by peer", "Broken pipe"],
        };
        assert_logged_once(&secure, config, causes);
    });
}

#[test]
fn certificates_without_tls_are_not_used_which_is_logged() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        logs();
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.certificate = Some(PathBuf::from("no/such.pem"));
        config.otlp.client_key = Some(PathBuf::from("no/such.key"));
        export_once(config).unwrap();
        let lines = lines_about(&receiver.url());
        let lines: Vec<_> = lines.iter().filter(|line| line.contains("without TLS")).collect();
        assert_eq!(lines.len(), 1, "{protocol:?}: {lines:#?}");
        assert!(lines[0].contains("certificate, client_key"), "{lines:#?}");
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
