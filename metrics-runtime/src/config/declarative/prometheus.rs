//! The exporter of pull readers, `prometheus/development`.

use std::net::{Ipv4Addr, SocketAddr};

use crate::config::{
    MetricsConfig, ScopeLabels, address, error::InvalidValue, section::Section, tree::Value,
};

pub(super) fn read(section: Section<'_>, config: &mut MetricsConfig) {
    let mut section = section.without(&["resource_constant_labels"]);
    let host = section.text("host", address::host).unwrap_or(Ipv4Addr::LOCALHOST.into());
    config.listen = SocketAddr::new(host, section.integer("port", port).unwrap_or(9464));
    if let Some(has_scope) = section.boolean("scope_info_enabled") {
        config.scope_labels = if has_scope { ScopeLabels::All } else { ScopeLabels::None };
    }
    section.value("target_info_enabled/development", |value| match value {
        Value::Bool(true) => Ok(()),
        _ => Err("`true`, as every scrape has `target_info`".into()),
    });
    section.text("translation_strategy", translation_strategy);
}

fn port(number: i128) -> Result<u16, InvalidValue> {
    address::port(&number.to_string())
}

fn translation_strategy(text: &str) -> Result<(), InvalidValue> {
    match text {
        "underscore_escaping_with_suffixes" => Ok(()),
        _ => Err("`underscore_escaping_with_suffixes`; other strategies are not supported".into()),
    }
}
