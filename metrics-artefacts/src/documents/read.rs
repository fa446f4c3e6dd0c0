use std::path::Path;

use super::{dashboard, document::Document, markdown, rules};
use crate::{finding::Finding, input};

impl Document {
    /// Reads a file. Its form follows from the ending: `.json` is a dashboard, `.yml`, `.yaml` and
    /// `.rules` are rules, `.md` and `.markdown` are pages.
    ///
    /// What cannot be read is among [`unchecked`](Self::unchecked), with its place, and the rest of
    /// the file is there.
    pub fn read(path: &Path) -> Self {
        match input::read(path) {
            Ok(text) => Self::of(&path.display().to_string(), &text),
            Err(error) => {
                let file = path.display().to_string();
                let message = error.to_string();
                let problem = message.strip_prefix(&format!("{file}: ")).unwrap_or(&message);
                let finding = Finding::new("unreadable-file", file.as_str(), problem);
                Self { file, unchecked: vec![finding], ..Self::default() }
            }
        }
    }

    /// Reads the text of a file with this name.
    ///
    /// ```
    /// use osapi_metrics_artefacts::documents::Document;
    ///
    /// let rules = "groups: [{name: shop, rules: [{record: orders, expr: sum(shop_orders)}]}]";
    /// let document = Document::of("shop.yml", rules);
    /// assert_eq!(document.expressions[0].text, "sum(shop_orders)");
    /// assert!(document.records.contains("orders"));
    /// ```
    pub fn of(file: &str, text: &str) -> Self {
        let mut document = Self { file: file.to_owned(), ..Self::default() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let ending = Path::new(file).extension().and_then(|ending| ending.to_str());
        match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "json" => dashboard::read(&mut document, text),
            "yml" | "yaml" | "rules" => rules::read(&mut document, text),
            "md" | "markdown" => markdown::read(&mut document, text),
            _ => document.not_checked(
                "unknown-file",
                None,
                "the ending says nothing; dashboards end in `.json`, rules in `.yml`, `.yaml` or \
                 `.rules`, and pages in `.md`",
            ),
        }
        document
    }
}
