use crate::verify::{
    checklist::{Finding, Numbers},
    evidence::{FileEvidence, InfoEvidence},
};

/// The field of the line that the program logs at its start.
const FIELD: &str = "opentelemetry_enabled=";

/// What `/health/detailed` and the file say.
pub(super) fn configuration(info: &InfoEvidence, files: &FileEvidence) -> Finding {
    let mut numbers = Numbers::default();
    let InfoEvidence { metrics_enabled, opentelemetry_enabled, correlation_window, .. } = info;
    let said = format!(
        "/health/detailed has metrics_enabled={metrics_enabled} \
         opentelemetry_enabled={opentelemetry_enabled} correlation_window={correlation_window}"
    );
    let remedy = "; set telemetry.enabled to true and start the process again";
    let said = if *metrics_enabled { said } else { said + remedy };
    numbers.note(*metrics_enabled, said);
    if let Some(enabled) = files.config {
        numbers.note(enabled, format!("the file has telemetry.enabled={enabled}"));
    }
    numbers.finding()
}

/// What the process has logged at its start.
pub(super) fn log(info: &InfoEvidence, files: &FileEvidence) -> Finding {
    let Some(log) = &files.log else {
        return Finding::NotChecked("because no file is given with --log".to_owned());
    };
    let log = without_colours(log);
    // A file may have the logs of earlier starts.
    let value = log.rsplit_once(FIELD).map(|(_, rest)| rest);
    let logged = value.and_then(|rest| rest.split_whitespace().next());
    let expected = info.opentelemetry_enabled.to_string();
    match logged {
        None => Finding::Miss(format!("the file has no line with {FIELD}true or {FIELD}false")),
        Some(logged) if logged == expected => Finding::Ok(format!("{FIELD}{logged}")),
        Some(logged) => Finding::Miss(format!(
            "{FIELD}{logged}, and /health/detailed has {expected}; give the log of this process"
        )),
    }
}

/// A text without the sequences of a terminal, which end with `m`.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').map_or("", |(_, rest)| rest))
}
