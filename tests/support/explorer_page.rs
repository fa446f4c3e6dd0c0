//! The page of an explorer, in a browser.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use serde_json::{Value, from_value};

use crate::servers::{self, Browser};

/// The texts of a row of a table by the titles of the columns.
pub type Row = BTreeMap<String, String>;

/// A page that looks at a process.
#[derive(Debug)]
pub struct ExplorerPage {
    /// For what is not of this page alone.
    pub browser: Browser,
    url: String,
}

impl ExplorerPage {
    /// A page of this address in a browser of its own; `None` where there is no browser.
    ///
    /// # Panics
    ///
    /// Same as [`servers::browser`].
    pub fn new(url: &str) -> Option<Self> {
        Some(Self { browser: servers::browser()?, url: url.to_owned() })
    }

    /// Loads the page at a place, such as `#/metrics`, and waits until it shows values.
    pub fn open(&mut self, place: &str) {
        self.browser.open(&format!("{}{place}", self.url));
        self.wait_for_state("live");
        self.browser.wait_for(
            "document.querySelector('#main section') \
             && !document.getElementById('main').innerText.includes('Loading')",
        );
    }

    /// Goes to a place of the page that is open.
    pub fn go(&mut self, place: &str) {
        self.browser.evaluate(&format!("location.hash = {place:?}"));
    }

    /// Waits until the connection is `live`, `paused`, `reconnecting`, `gone` or `refused`.
    pub fn wait_for_state(&mut self, state: &str) {
        self.browser
            .wait_for(&format!("document.getElementById('status').dataset.state === '{state}'"));
    }

    /// Waits until the view shows a text.
    pub fn wait_for_text(&mut self, text: &str) {
        self.browser
            .wait_for(&format!("document.getElementById('main').innerText.includes({text:?})"));
    }

    /// Enters words into the search.
    pub fn search(&mut self, words: &str) {
        self.browser.wait_for("document.getElementById('search')");
        self.browser.evaluate(&format!(
            "(() => {{ const search = document.getElementById('search'); search.value = {words:?}; \
             search.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        ));
    }

    /// Presses the button that pauses the page, or lets it go on.
    pub fn pause(&mut self) {
        self.browser.evaluate("document.getElementById('pause').click()");
    }

    /// The rows that are shown of a table: `jobs`, `metrics` or `series`. The first cell of a row
    /// is the column ` ` if it has no title.
    ///
    /// # Panics
    ///
    /// If the page cannot be read.
    pub fn rows(&mut self, table: &str) -> Vec<Row> {
        let rows = self.browser.evaluate(&format!(
            "[...document.querySelectorAll('#main table.{table} > tbody > tr:not(.details)')] \
             .filter((row) => row.checkVisibility()).map((row) => Object.fromEntries( \
             [...row.children].map((cell) => [cell.dataset.label ?? ' ', cell.textContent])))"
        ));
        from_value(rows).expect("texts")
    }

    /// What the row of a job says of its failures, at length.
    ///
    /// # Panics
    ///
    /// If the page cannot be read.
    pub fn failures(&mut self, job: &str) -> String {
        let title = self.browser.evaluate(&format!(
            "[...document.querySelectorAll('#main table.jobs > tbody > tr:not(.details)')] \
             .find((row) => row.querySelector('.opener').textContent === {job:?}) \
             ?.querySelector('[data-label=Failures]').title ?? ''"
        ));
        title.as_str().expect("a text").to_owned()
    }

    /// Clicks the first link with this text in a table.
    ///
    /// # Panics
    ///
    /// If there is no such link.
    pub fn follow(&mut self, table: &str, text: &str) {
        let is_clicked = self.browser.evaluate(&format!(
            "(() => {{ const link = [...document.querySelectorAll('#main table.{table} a')] \
             .find((link) => link.textContent === {text:?}); link?.click(); \
             return Boolean(link); }})()"
        ));
        assert_eq!(is_clicked, Value::Bool(true), "{text} is a link of the table");
    }

    /// Stores a picture in the folder that `OSAPI_SCREENSHOTS` names, if it is set.
    ///
    /// # Panics
    ///
    /// If the folder cannot be written.
    pub fn keep_picture(&mut self, name: &str) {
        let Some(folder) = env::var_os("OSAPI_SCREENSHOTS").map(PathBuf::from) else { return };
        // Two frames, so that charts of a new size are drawn.
        self.browser.evaluate(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        );
        let picture = self.browser.picture();
        fs::create_dir_all(&folder).expect("a folder for the pictures");
        fs::write(folder.join(format!("{name}.png")), picture).expect("a picture");
    }
}
