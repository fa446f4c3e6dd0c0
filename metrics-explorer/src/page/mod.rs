//! The page of the explorer: one HTML document with its style and its script.
//!
//! The parts are files of their own, which the compiler joins. There is no build step.

/// The style, between its tags.
macro_rules! style {
    () => {
        include_str!("style.css")
    };
}

/// The script, between its tags: all files in one strict function, each before those that use it
/// while they are loaded.
macro_rules! script {
    () => {
        concat!(
            "\"use strict\";\n(() => {\n",
            include_str!("script/format.js"),
            include_str!("script/dom.js"),
            include_str!("script/links.js"),
            include_str!("script/store.js"),
            include_str!("script/catalogue.js"),
            include_str!("script/compute.js"),
            include_str!("script/view.js"),
            include_str!("script/theme.js"),
            include_str!("script/plot.js"),
            include_str!("script/chart.js"),
            include_str!("script/models.js"),
            include_str!("script/states.js"),
            include_str!("script/promql.js"),
            include_str!("script/roles.js"),
            include_str!("script/handlers.js"),
            include_str!("script/jobs.js"),
            include_str!("script/summary.js"),
            include_str!("script/metrics.js"),
            include_str!("script/metric.js"),
            include_str!("script/live.js"),
            include_str!("script/main.js"),
            "})();\n",
        )
    };
}

const DOCUMENT: &str = concat!(
    include_str!("head.html"),
    "<style>",
    style!(),
    "</style>\n",
    include_str!("body.html"),
    "<script>",
    script!(),
    "</script>\n</body>\n</html>\n",
);

/// The headers of the document beside its type: its policy, and what keeps it apart from other
/// pages.
pub const HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// The document's own script and style by their hashes, connections to its own origin, and nothing
/// else.
const CONTENT_SECURITY_POLICY: &str = concat!(
    "default-src 'none'; script-src ",
    include_str!("script.hash"),
    "; style-src ",
    include_str!("style.hash"),
    "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'"
);

/// The whole document.
#[must_use]
pub fn document() -> &'static str {
    DOCUMENT
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    use super::{CONTENT_SECURITY_POLICY, document};

    /// What is between the tags of the only element of a name.
    fn inside(element: &str) -> &'static str {
        let (opening, closing) = (format!("<{element}>"), format!("</{element}>"));
        assert_eq!(document().matches(&opening).count(), 1, "{opening}");
        let (_, rest) = document().split_once(&opening).expect("the element");
        rest.split_once(&closing).expect("its end").0
    }

    #[test]
    fn the_policy_has_the_hashes_of_the_script_and_the_style() {
        for element in ["script", "style"] {
            let hash = STANDARD.encode(Sha256::digest(inside(element)));
            let source = format!("'sha256-{hash}'");
            if env::var_os("OSAPI_UPDATE").is_some() {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page");
                fs::write(folder.join(format!("{element}.hash")), &source).expect("the hash");
                continue;
            }
            assert!(
                CONTENT_SECURITY_POLICY.contains(&format!("{element}-src {source};")),
                "{element}.hash is to have {source}: OSAPI_UPDATE=1 writes it"
            );
        }
    }

    #[test]
    fn a_policy_without_exceptions_admits_the_document() {
        let markup = document().replace(inside("script"), "").replace(inside("style"), "");
        for refused in [" style=", " onclick=", " onload=", "javascript:", "src=", "http://"] {
            assert!(!markup.contains(refused), "{refused}");
        }
        for refused in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function"] {
            assert!(!inside("script").contains(refused), "{refused}");
        }
    }

    #[test]
    fn the_document_is_small() {
        assert!(document().len() < 200_000, "{} bytes", document().len());
    }
}
