//! TLS of a build without it: none, and an error where it is asked for.

use crate::{
    config::OtlpConfig,
    otlp::{Endpoint, OtlpError},
};

#[cfg(feature = "otlp-grpc")]
mod grpc {
    use tonic::transport;

    use super::{Endpoint, OtlpConfig, OtlpError, plain_text_only};

    pub(in super::super) fn secure_grpc(
        channel: transport::Endpoint,
        _: &OtlpConfig,
        endpoint: &Endpoint,
    ) -> Result<transport::Endpoint, OtlpError> {
        plain_text_only(endpoint)?;
        Ok(channel)
    }
}
#[cfg(feature = "otlp-grpc")]
pub(super) use grpc::secure_grpc;

#[cfg(feature = "otlp-http")]
mod http {
    use hyper_util::client::legacy::connect::HttpConnector;

    use super::{Endpoint, OtlpConfig, OtlpError, plain_text_only};

    pub(in super::super) fn http_connector(
        _: &OtlpConfig,
        endpoint: &Endpoint,
    ) -> Result<HttpConnector, OtlpError> {
        plain_text_only(endpoint)?;
        Ok(HttpConnector::new())
    }
}
#[cfg(feature = "otlp-http")]
pub(super) use http::http_connector;

fn plain_text_only(endpoint: &Endpoint) -> Result<(), OtlpError> {
    if endpoint.is_tls() {
        return Err(OtlpError::TlsNotCompiled { endpoint: endpoint.to_string() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OtlpEndpoint;

    #[test]
    fn https_names_the_feature() {
        let mut config = OtlpConfig::default();
        config.endpoint = Some(OtlpEndpoint::Base("https://collector".to_owned()));
        let error = plain_text_only(&Endpoint::of(&config).unwrap()).unwrap_err();
        assert!(error.to_string().contains("enable feature `otlp-tls`"), "{error}");
    }
}
