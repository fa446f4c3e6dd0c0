use http::{HeaderMap, HeaderValue, header};

use crate::{
    config::{OtlpCompression, OtlpConfig, OtlpError},
    http_client::{Address, IS_TLS_COMPILED, Proxy, TlsPaths, TlsSettings},
};

/// The input of a transport.
pub(in crate::otlp) struct Setup<'a> {
    pub(in crate::otlp) config: &'a OtlpConfig,
    pub(in crate::otlp) endpoint: &'a Address,
    /// The configured headers.
    pub(in crate::otlp) headers: HeaderMap,
    /// The proxy that leads to the endpoint.
    pub(in crate::otlp) proxy: Option<Proxy>,
}

/// The product and its version, as the specification asks for.
const USER_AGENT: &str = concat!("osapi-metrics/", env!("CARGO_PKG_VERSION"));

impl Setup<'_> {
    /// Takes the user agent out of the headers: the configured one, or this product's.
    pub(super) fn take_user_agent(&mut self) -> HeaderValue {
        let configured = self.headers.remove(header::USER_AGENT);
        configured.unwrap_or(HeaderValue::from_static(USER_AGENT))
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.config.compression == OtlpCompression::Gzip
    }

    /// The settings of TLS. The files are read only if the endpoint or the proxy has TLS.
    pub(super) fn tls(&self) -> Result<TlsSettings, OtlpError> {
        if self.endpoint.is_tls() && !IS_TLS_COMPILED {
            return Err(OtlpError::TlsNotCompiled { endpoint: self.endpoint.to_string() });
        }
        if !uses_tls(self.endpoint, self.proxy.as_ref()) {
            return Ok(TlsSettings::default());
        }
        let paths = TlsPaths {
            certificate: self.config.certificate.as_deref(),
            client_certificate: self.config.client_certificate.as_deref(),
            client_key: self.config.client_key.as_deref(),
        };
        Ok(TlsSettings::read(paths)?)
    }

    /// The error of a transport that rejects its settings.
    pub(super) fn rejected(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> OtlpError {
        OtlpError::Transport { endpoint: self.endpoint.to_string(), source: source.into() }
    }
}

/// Whether there is TLS on the way to the endpoint.
pub(in crate::otlp) fn uses_tls(endpoint: &Address, proxy: Option<&Proxy>) -> bool {
    endpoint.is_tls() || proxy.is_some_and(Proxy::is_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_names_the_feature() {
        let (config, headers) = (OtlpConfig::default(), HeaderMap::new());
        let endpoint = &Address::parse("https://collector", "").unwrap();
        let setup = Setup { config: &config, endpoint, headers, proxy: None };
        let error = setup.tls().err().map(|error| error.to_string());
        let names_it = error.is_some_and(|error| error.contains("enable feature `otlp-tls`"));
        assert_eq!(names_it, !IS_TLS_COMPILED);
    }
}
