use crate::{config::OtlpError, otlp::endpoint::Endpoint};

pub(super) fn plain_text_only(endpoint: &Endpoint) -> Result<(), OtlpError> {
    if endpoint.is_tls() {
        return Err(OtlpError::TlsNotCompiled { endpoint: endpoint.to_string() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{OtlpConfig, OtlpEndpoint};

    #[test]
    fn https_names_the_feature() {
        let mut config = OtlpConfig::default();
        config.endpoint = Some(OtlpEndpoint::Base("https://collector".to_owned()));
        let error = plain_text_only(&Endpoint::of(&config).unwrap()).unwrap_err();
        assert!(error.to_string().contains("enable feature `otlp-tls`"), "{error}");
    }
}
