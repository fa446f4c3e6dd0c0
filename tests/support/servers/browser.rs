//! The browser Chromium without a window, driven by its protocol for
//! developer tools.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::Command,
    sync::mpsc::{self, Receiver},
    thread,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATIENCE, process::ServerProcess, wait};

/// A browser with one page.
///
/// The protocol goes through two pipes (`--remote-debugging-pipe`), so there is no port: the
/// browser reads requests from its descriptor 3 and writes answers to 4, each ended by a NUL.
#[derive(Debug)]
pub struct Browser {
    /// Killed before its folder goes.
    _process: ServerProcess,
    _folder: TempDir,
    requests: File,
    messages: Receiver<Value>,
    next_id: u64,
    /// The session of the page.
    page: Option<String>,
    problems: Vec<String>,
}

impl Browser {
    pub(super) fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the browser");
        let [requests, answers] = ["requests", "answers"].map(|name| folder.path().join(name));
        for pipe in [&requests, &answers] {
            let made = Command::new("mkfifo").arg(pipe).status();
            assert!(made.is_ok_and(|status| status.success()), "{} is made", pipe.display());
        }
        let mut command = ServerProcess::command("sh");
        command
            .args(["-c", r#"program=$1 requests=$2 answers=$3; shift 3; exec "$program" "$@" 3<"$requests" 4>"$answers""#, "sh"])
            .args([program, &requests, &answers])
            .args(["--headless=new", "--disable-gpu", "--no-first-run", "--hide-scrollbars"])
            // A container and root have no sandbox; the pages are those of the tests.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .env("HOME", folder.path());
        let process = ServerProcess::start(&mut command, folder.path().join("log"));
        // Opening waits for the browser's side.
        let requests = File::options().write(true).open(requests).expect("the browser reads");
        let answers = File::open(answers).expect("the browser writes");
        let mut browser = Self {
            _process: process,
            _folder: folder,
            requests,
            messages: messages(answers),
            next_id: 0,
            page: None,
            problems: Vec::new(),
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach);
        browser.page = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Opens an address.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
    }

    /// Sets the size of the page, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Emulates what a user prefers: pairs such as `prefers-color-scheme` and `dark`.
    pub fn prefer(&mut self, features: &[(&str, &str)]) {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Presses a key, such as `+` or `Escape`, where the focus is.
    pub fn press(&mut self, key: &str) {
        for event in ["keyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", &json!({ "type": event, "key": key }));
        }
    }

    /// Turns the wheel with the control key at a place, in CSS pixels; upwards if `delta` is
    /// negative.
    pub fn turn_wheel(&mut self, (x, y): (f64, f64), delta: i32) {
        const CONTROL: u32 = 2;
        let event = json!({
            "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta,
            "modifiers": CONTROL,
        });
        self.call("Input.dispatchMouseEvent", &event);
    }

    /// What a screen reader gets: role and name of each part that is not ignored, in the order
    /// of the document.
    ///
    /// # Panics
    ///
    /// If the browser has no such tree.
    pub fn accessible(&mut self) -> Vec<(String, String)> {
        let tree = self.call("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes");
        let heard = nodes.iter().filter(|node| node["ignored"] != true);
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        heard.map(|node| (text(&node["role"]), text(&node["name"]))).collect()
    }

    /// A picture of what is visible, as PNG.
    ///
    /// # Panics
    ///
    /// If the browser has none.
    pub fn picture(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64")
    }

    /// The value of an expression of JavaScript, or of the promise that it is.
    ///
    /// # Panics
    ///
    /// If the expression throws.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let request = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let answer = self.call("Runtime.evaluate", &request);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until the page makes an expression true.
    ///
    /// # Panics
    ///
    /// If it is not true within a minute.
    pub fn wait_for(&mut self, expression: &str) {
        let safe = format!(
            "(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()"
        );
        wait(expression, || self.evaluate(&safe).as_bool().filter(|is_so| *is_so));
    }

    /// What went wrong on the page so far: exceptions, refused requests, violations of its policy.
    pub fn problems(&mut self) -> Vec<String> {
        // The messages before the answer have been read.
        self.evaluate("1");
        self.problems.clone()
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let mut request = json!({ "id": id, "method": method, "params": params });
        if let Some(page) = &self.page {
            request["sessionId"] = page.clone().into();
        }
        let mut bytes = request.to_string().into_bytes();
        bytes.push(0);
        self.requests.write_all(&bytes).expect("the browser runs");
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let mut message = message.unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.problems.push(params["exceptionDetails"].to_string());
            }
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.problems.push(params["entry"]["text"].to_string());
            }
            _ => {}
        }
    }
}

/// The messages of the browser, which a thread reads until it ends.
fn messages(answers: File) -> Receiver<Value> {
    let (sender, messages) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(answers).split(0) {
            let message = message.ok().and_then(|text| serde_json::from_slice(&text).ok());
            let Some(message) = message else { return };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    messages
}
