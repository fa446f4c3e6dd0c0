//! A board: rows of panels on Grafana's grid, and the variables that its queries have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::panel::{Panel, data_source};
use crate::generate::query::Selector;

/// The version of Grafana's classic schema. Grafana 11 and later versions read it.
const SCHEMA_VERSION: u32 = 39;
/// The tag by which the boards link to each other.
const TAG: &str = "osapi-metrics";
/// The columns of the grid.
const COLUMNS: u32 = 24;
/// The most characters of an identifier of a board.
const MAX_UID: usize = 40;

/// The matchers that every selector of a board has.
pub(super) const TARGET: [(&str, &str); 2] = [("job", "$job"), ("instance", "$instance")];

/// A board.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) title: String,
    pub(super) description: String,
    /// Samples that show which targets there are.
    pub(super) samples: BTreeSet<String>,
    /// The labels that a reader chooses values of, each with samples that have it.
    pub(super) choices: BTreeMap<String, BTreeSet<String>>,
    pub(super) rows: Vec<Row>,
}

/// Panels below a title.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `None` for panels without a title above them.
    pub(super) title: Option<String>,
    /// Whether the panels are hidden until a reader asks for them.
    pub(super) is_collapsed: bool,
    pub(super) panels: Vec<Panel>,
}

impl Board {
    /// The board as Grafana's provisioning reads it. `slug` is the name of its file, and `programs`
    /// are the programs that it is about.
    pub(super) fn to_json(&self, slug: &str, programs: &str) -> String {
        let board = json!({
            "uid": uid(slug, programs),
            "title": self.title,
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": SCHEMA_VERSION,
            "editable": false,
            "graphTooltip": 1,
            "timezone": "browser",
            "time": { "from": "now-3h", "to": "now" },
            "refresh": "30s",
            "annotations": { "list": [] },
            "links": [{
                "asDropdown": true,
                "icon": "external link",
                "includeVars": true,
                "keepTime": true,
                "tags": [TAG],
                "targetBlank": false,
                "title": "Boards",
                "tooltip": "The other boards of these programs",
                "type": "dashboards",
                "url": "",
            }],
            "templating": { "list": self.variables() },
            "panels": self.panels(),
        });
        let mut text = serde_json::to_string_pretty(&Sorted(&board)).unwrap_or_default();
        text.push('\n');
        text
    }

    fn panels(&self) -> Vec<Value> {
        let mut panels = Vec::new();
        let (mut id, mut y) = (1, 0);
        for row in &self.rows {
            let row_id = id;
            let is_titled = row.title.is_some();
            let top = y + u32::from(is_titled);
            let (placed, bottom) = placed(&row.panels, id + u32::from(is_titled), top);
            id += u32::from(is_titled) + u32::try_from(placed.len()).unwrap_or_default();
            let Some(title) = &row.title else {
                panels.extend(placed);
                y = bottom;
                continue;
            };
            let (inside, below) =
                if row.is_collapsed { (placed, Vec::new()) } else { (Vec::new(), placed) };
            panels.push(json!({
                "id": row_id,
                "type": "row",
                "title": title,
                "collapsed": row.is_collapsed,
                "gridPos": { "h": 1, "w": COLUMNS, "x": 0, "y": y },
                "panels": inside,
            }));
            panels.extend(below);
            y = if row.is_collapsed { top } else { bottom };
        }
        panels
    }

    fn variables(&self) -> Vec<Value> {
        let mut variables = vec![json!({
            "name": "datasource",
            "label": "Data source",
            "type": "datasource",
            "query": "prometheus",
            "current": { "text": "default", "value": "default" },
            "includeAll": false,
            "multi": false,
        })];
        let any = any_of(&self.samples);
        variables.push(choice("job", &any));
        let any = any.with_any("job", "$job");
        variables.push(choice("instance", &any));
        for (label, samples) in &self.choices {
            let mut any = any_of(samples);
            for (label, pattern) in TARGET {
                any = any.with_any(label, pattern);
            }
            variables.push(choice(label, &any));
        }
        variables
    }
}

/// Samples of any of these names.
fn any_of(names: &BTreeSet<String>) -> Selector {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    match names[..] {
        [name] => Selector::of(name),
        _ => Selector::of("").with_any("__name__", &names.join("|")),
    }
}

/// The values of a label, several of which can be chosen. All of them includes none: an OTLP
/// receiver gives series no `instance` if the resource names none.
fn choice(label: &str, of: &Selector) -> Value {
    let query = format!("label_values({of}, {label})");
    json!({
        "name": label,
        "label": titled(label),
        "type": "query",
        "datasource": data_source(),
        "definition": query,
        "query": query,
        "current": { "text": ["All"], "value": ["$__all"] },
        "includeAll": true,
        "allValue": ".*",
        "multi": true,
        "refresh": 2,
        "sort": 1,
    })
}

/// `job_name` as `Job name`.
fn titled(label: &str) -> String {
    let mut characters = label.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect::<String>().replace('_', " ")
}

/// The panels from the left to the right, and the line below them.
fn placed(panels: &[Panel], first_id: u32, top: u32) -> (Vec<Value>, u32) {
    let (mut x, mut y, mut bottom) = (0, top, top);
    let mut values = Vec::new();
    for (id, panel) in (first_id..).zip(panels) {
        if x + panel.width > COLUMNS {
            (x, y) = (0, bottom);
        }
        values.push(panel.to_json(id, x, y));
        x += panel.width;
        bottom = bottom.max(y + panel.height);
    }
    (values, bottom)
}

/// Widths of panels of which two or three are beside each other.
pub(super) fn widths(panels: usize) -> Vec<u32> {
    let mut widths = Vec::new();
    while widths.len() < panels {
        let beside = match panels - widths.len() {
            2 | 4 => 2,
            1 => 1,
            _ => 3,
        };
        let width = COLUMNS / u32::try_from(beside).unwrap_or(1);
        widths.extend(std::iter::repeat_n(width, beside));
    }
    widths
}

/// A title as the name of a file.
pub(super) fn slug(title: &str) -> String {
    let words = title.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "board".to_owned() } else { words.join("-").to_ascii_lowercase() }
}

/// An identifier that a board keeps, and that no board of other programs has.
fn uid(slug: &str, programs: &str) -> String {
    // FNV-1a: what the standard library has may change with its version.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in slug.bytes().chain([0]).chain(programs.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let hash = format!("-{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff));
    let name: String = slug.chars().take(MAX_UID - hash.len()).collect();
    name + &hash
}

/// JSON with sorted keys, whatever order `serde_json` is compiled to keep.
struct Sorted<'a>(&'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(values) => serializer.collect_seq(values.iter().map(Sorted)),
            Value::Object(object) => {
                let sorted: BTreeMap<_, _> =
                    object.iter().map(|(key, value)| (key, Sorted(value))).collect();
                serializer.collect_map(sorted)
            }
            value => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_short_and_differs_for_each_board() {
        let long = "a-board-with-a-title-that-is-longer-than-what-grafana-takes";
        let uids = [uid("jobs", "shop"), uid("jobs", "bank"), uid(long, "shop")];
        assert!(uids.iter().all(|uid| (8..=MAX_UID).contains(&uid.len())), "{uids:?}");
        assert_ne!(uids[0], uids[1]);
        assert_eq!(uids[0], uid("jobs", "shop"));
    }

    #[test]
    fn two_or_three_panels_are_beside_each_other() {
        assert_eq!(widths(8), [8, 8, 8, 8, 8, 8, 12, 12]);
        assert_eq!(widths(7), [8, 8, 8, 12, 12, 12, 12]);
        assert_eq!(widths(4), [12; 4]);
        assert_eq!(widths(1), [24]);
        assert!(widths(0).is_empty());
    }

    #[test]
    fn titles_are_names_of_files() {
        assert_eq!(slug("Step: failures & retries"), "step-failures-retries");
        assert_eq!(slug("…"), "board");
    }
}
