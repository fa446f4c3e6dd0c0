//! One request to a gateway.

use std::{
    io,
    time::{Duration, Instant},
};

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use osapi_metrics_rules::excerpt::ShownAddress;
use tokio::time::timeout;

use super::{GroupRequest, Pushgateway, PushgatewayError};
use crate::{
    config::ProxyVariables,
    http_client::{
        Address, Client, ClientThread, IS_TLS_COMPILED, Proxy, Secrets, TlsPaths, TlsSettings,
        with_causes,
    },
};

/// The format that a gateway reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The product and its version.
const USER_AGENT: &str = concat!("osapi-metrics/", env!("CARGO_PKG_VERSION"));

/// The most that is read of what a gateway says.
const MAX_ANSWER_BYTES: usize = 4 * 1024;

impl Pushgateway {
    /// Checks what needs no file and no connection.
    pub(crate) fn check(&self) -> Result<(), PushgatewayError> {
        self.address().map(drop)
    }

    /// Sends a request, and blocks the thread until there is an answer. A text of metrics belongs
    /// to each request but `Delete`.
    pub(crate) fn send(
        &self,
        variables: &ProxyVariables,
        request: GroupRequest,
        text: String,
    ) -> Result<(), PushgatewayError> {
        self.check_labels(&text)?;
        let prepared = self.prepare(variables, request, text)?;
        let thread = ClientThread::start("osapi-pushgateway").map_err(PushgatewayError::Thread)?;
        let sent = thread.wait_for(async { prepared.send().await });
        sent.unwrap_or_else(|| Err(PushgatewayError::Thread(io::Error::other("it has panicked"))))
    }

    /// The URL of the group.
    fn address(&self) -> Result<Address, PushgatewayError> {
        let invalid = |reason: String| PushgatewayError::Url {
            url: ShownAddress(&self.url).to_string(),
            reason,
        };
        let base = Address::parse(&self.url, "use `Pushgateway::basic_auth`").map_err(invalid)?;
        if self.url.contains(['?', '#']) {
            return Err(invalid("has a query or a fragment".to_owned()));
        }
        if base.is_tls() && !IS_TLS_COMPILED {
            return Err(PushgatewayError::TlsNotCompiled { url: base.to_string() });
        }
        if self.user.as_ref().is_some_and(|(user, _)| user.contains(':')) {
            return Err(PushgatewayError::User);
        }
        let url = format!("{}{}", self.url.trim_end_matches('/'), self.path()?);
        Address::parse(&url, "").map_err(|reason| PushgatewayError::Request {
            target: format!("`{base}`"),
            source: reason.into(),
        })
    }

    fn prepare(
        &self,
        variables: &ProxyVariables,
        request: GroupRequest,
        text: String,
    ) -> Result<PreparedRequest, PushgatewayError> {
        let address = self.address()?;
        let proxy = Proxy::of(variables, &address)?;
        let is_tls = address.is_tls() || proxy.as_ref().is_some_and(Proxy::is_tls);
        let tls =
            if is_tls { TlsSettings::read(self.tls_paths())? } else { TlsSettings::default() };
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        if request != GroupRequest::Delete {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        }
        let target = format!("`{address}`");
        let rejected = |source: Box<dyn std::error::Error + Send + Sync>| {
            PushgatewayError::Request { target: target.clone(), source }
        };
        if let Some((user, password)) = &self.user {
            let pair = BASE64_STANDARD.encode(format!("{user}:{}", password.expose()));
            let mut value = HeaderValue::try_from(format!("Basic {pair}"))
                .map_err(|error| rejected(error.into()))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let of_proxy = proxy.as_ref().and_then(Proxy::authorization);
        let secrets = Secrets::of(&headers, address.uri(), of_proxy);
        let through = proxy.as_ref().map(|proxy| format!(" (proxy `{proxy}`)"));
        let target_with_proxy = format!("{target}{}", through.unwrap_or_default());
        let client = Client::new(&address, proxy, &tls).map_err(rejected)?;
        let built = Request::builder().method(request.method()).uri(address.uri());
        let built = built.body(Full::new(Bytes::from(text)));
        let mut request = built.map_err(|error| rejected(error.into()))?;
        request.headers_mut().extend(headers);
        let (target, timeout) = (target_with_proxy, self.timeout);
        Ok(PreparedRequest { client, request, secrets, target, timeout })
    }

    fn tls_paths(&self) -> TlsPaths<'_> {
        let identity = self.identity.as_ref();
        TlsPaths {
            certificate: self.certificate.as_deref(),
            client_certificate: identity.map(|(chain, _)| chain.as_path()),
            client_key: identity.map(|(_, key)| key.as_path()),
        }
    }
}

/// A request, and the client that sends it.
struct PreparedRequest {
    client: Client,
    request: Request<Full<Bytes>>,
    secrets: Secrets,
    target: String,
    timeout: Duration,
}

impl PreparedRequest {
    async fn send(self) -> Result<(), PushgatewayError> {
        let Self { client, request, secrets, target, timeout: limit } = self;
        let started = Instant::now();
        let response = match timeout(limit, client.send(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let cause = secrets.cleaned(&with_causes(&error));
                return Err(PushgatewayError::Connection { target, cause });
            }
            Err(_) => return Err(PushgatewayError::Timeout { target, timeout: limit }),
        };
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        // What has arrived in time is enough.
        let mut said = Vec::new();
        let left = limit.saturating_sub(started.elapsed());
        let _ = timeout(left, read_beginning(response, &mut said)).await;
        let body = secrets.cleaned(String::from_utf8_lossy(&said).trim());
        Err(PushgatewayError::Refused { target, status: status.as_u16(), body })
    }
}

/// Reads the beginning of a body.
async fn read_beginning(response: Response<Incoming>, read: &mut Vec<u8>) {
    let mut body = response.into_body();
    while read.len() < MAX_ANSWER_BYTES
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Ok(data) = frame.into_data() {
            let left = MAX_ANSWER_BYTES - read.len();
            read.extend_from_slice(&data[..data.len().min(left)]);
        }
    }
}
