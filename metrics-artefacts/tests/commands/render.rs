//! `osapi-metrics render` with a real Prometheus.

#[path = "render/failures.rs"]
mod failures;
#[path = "render/pictures.rs"]
mod pictures;
#[path = "render/program.rs"]
mod program;

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Run, osapi_metrics, tools::Prometheus};

/// A Prometheus that has scraped a program with these samples at least three times; `None` where it
/// is missing.
fn prometheus(exposition: impl Fn(u64) -> String + Send + 'static) -> Option<Prometheus> {
    let address = program::serve(exposition);
    let config = format!(
        "global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\n\
         scrape_configs: [{{ job_name: shop, static_configs: [{{ targets: ['{address}'] }}] }}]\n"
    );
    let prometheus = Prometheus::start(&config, &[])?;
    super::tools::wait("three scrapes", || {
        prometheus.number("sum_over_time(up[1m])").filter(|scrapes| *scrapes >= 3.0)
    });
    Some(prometheus)
}

/// Renders the files of a folder into its folder `out`.
fn render(folder: &Path, url: &str, arguments: &[&str]) -> Run {
    let fixed = ["render", "--prometheus", url, "--range", "1m", "--step", "1s", "--out", "out"];
    osapi_metrics(folder, &[&fixed, arguments].concat())
}

/// The text of a picture.
fn picture(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("out").join(name)).unwrap()
}

/// A dashboard with these panels, beside each other.
fn board(panels: &[Value]) -> String {
    let panels = panels.iter().enumerate().map(|(nth, panel)| {
        let mut panel = panel.clone();
        panel["gridPos"] = json!({ "x": nth % 3 * 8, "y": nth / 3 * 8, "w": 8, "h": 8 });
        panel
    });
    let panels: Vec<_> = panels.collect();
    json!({ "title": "Shop & <till>", "panels": panels, "schemaVersion": 39 }).to_string()
}

/// A panel with one query.
fn panel(plugin: &str, title: &str, query: &str, legend: &str) -> Value {
    let is_instant = ["stat", "gauge"].contains(&plugin);
    json!({
        "type": plugin,
        "title": title,
        "targets": [{
            "expr": query, "legendFormat": legend, "instant": is_instant, "range": !is_instant,
        }],
    })
}

/// A picture as XML.
struct PictureXml<'a>(roxmltree::Document<'a>);

impl<'a> PictureXml<'a> {
    fn of(svg: &'a str) -> Self {
        Self(roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}:\n{svg}")))
    }

    /// The panel of a title.
    fn panel(&self, title: &str) -> roxmltree::Node<'_, 'a> {
        let mut panels = groups(self.0.root(), "panel");
        let is_of_title =
            |panel: &roxmltree::Node<'_, '_>| texts(*panel).first() == Some(&title.to_owned());
        panels.find(is_of_title).unwrap_or_else(|| panic!("no panel is named {title}"))
    }
}

/// The groups of a class inside a node.
fn groups<'a, 'b>(
    node: roxmltree::Node<'a, 'b>,
    class: &'static str,
) -> impl Iterator<Item = roxmltree::Node<'a, 'b>> {
    let is_group = move |node: &roxmltree::Node<'_, '_>| {
        node.has_tag_name("g") && node.attribute("class") == Some(class)
    };
    node.descendants().filter(is_group)
}

/// The texts inside a node, in their order.
fn texts(node: roxmltree::Node<'_, '_>) -> Vec<String> {
    let of_text = node.descendants().filter(|node| node.has_tag_name("text"));
    of_text.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// The texts of the legend of a panel.
fn legend(panel: roxmltree::Node<'_, '_>) -> Vec<String> {
    groups(panel, "legend").flat_map(texts).collect()
}

/// The elements of a name inside a node.
fn count(node: roxmltree::Node<'_, '_>, name: &str) -> usize {
    node.descendants().filter(|node| node.has_tag_name(name)).count()
}
