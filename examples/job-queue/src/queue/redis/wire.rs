//! Jobs and workers in the form that the scripts keep.

use std::{
    fmt::Display,
    time::{Duration, SystemTime},
};

use osapi_common::json::{plain_cause, read};
use serde::de::DeserializeOwned;

use super::super::{class::JobClass, worker::WorkerInfo};
use crate::job::{JobId, JobRecord, JobState, Priority, Service};

/// The fields of a record, in the order of `RECORD` in `scripts/common.lua`.
const FIELDS: [&str; 8] =
    ["request", "state", "created", "attempts", "worker", "progress", "output", "failure"];

/// The fields of a record, of which each may be missing or anything.
pub(super) type Fields = Vec<Option<Vec<u8>>>;

/// The record of a job from its fields, or the field that cannot be read, and why.
pub(super) fn read_record(id: JobId, mut fields: Fields) -> Result<JobRecord, String> {
    fields.resize(FIELDS.len(), None);
    let fields = FieldReader { fields };
    let state: String = fields.required(1)?;
    Ok(JobRecord {
        id,
        request: fields.json(0)?.ok_or_else(|| problem(0, &"it is missing"))?,
        state: JobState::named(&state).ok_or_else(|| problem(1, &"it is not a state"))?,
        created_at: SystemTime::UNIX_EPOCH + Duration::from_micros(fields.required(2)?),
        attempts: fields.required(3)?,
        worker: fields.text(4)?.map(str::to_owned),
        progress: fields.required(5)?,
        output: fields.json(6)?,
        failure: fields.json(7)?,
    })
}

struct FieldReader {
    fields: Fields,
}

impl FieldReader {
    fn text(&self, index: usize) -> Result<Option<&str>, String> {
        let text = self.fields[index].as_deref().map(str::from_utf8);
        text.transpose().map_err(|_| problem(index, &"it is not UTF-8"))
    }

    fn required<T: std::str::FromStr<Err: Display>>(&self, index: usize) -> Result<T, String> {
        let text = self.text(index)?.ok_or_else(|| problem(index, &"it is missing"))?;
        text.parse().map_err(|error| problem(index, &error))
    }

    fn json<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, String> {
        let Some(text) = self.text(index)? else { return Ok(None) };
        read(text.as_bytes()).map(Some).map_err(|error| problem(index, &plain_cause(&error)))
    }
}

fn problem(index: usize, problem: &dyn Display) -> String {
    format!("field `{}`: {problem}", FIELDS[index])
}

/// A value as JSON. The types of this crate all have such a form.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("the types of jobs have a JSON form")
}

/// What a worker can run, for `read_profile` in `scripts/common.lua`.
pub(super) fn write_profile(worker: &WorkerInfo) -> String {
    json(&serde_json::json!({
        "services": &worker.services,
        "capabilities": &worker.capabilities,
    }))
}

/// A class, for `can_run` in `scripts/common.lua`.
pub(super) fn write_class(class: &JobClass) -> String {
    format!("{} {}", class.service.name(), json(&class.requirements))
}

/// A class; `None` if this program does not know the service or the form of the requirements.
pub(super) fn read_class(text: &str) -> Option<JobClass> {
    let (service, requirements) = text.split_once(' ')?;
    let requirements = serde_json::from_str(requirements).ok()?;
    Some(JobClass { service: Service::named(service)?, requirements })
}

/// The order of a priority, from 0 for the highest.
pub(super) fn order(priority: Priority) -> usize {
    Priority::ALL.iter().rev().position(|&other| other == priority).unwrap_or_default()
}

/// A time as the scripts count it, in microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    // The numbers of Lua are exact up to this value, with room for the time of day.
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).min(1 << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{JobRequest, Payload, SimulationPayload};

    #[test]
    fn a_class_survives_its_key() {
        for requirements in ["{}", r#"{"gpus":2,"zone":"eu west"}"#] {
            let requirements = serde_json::from_str(requirements).expect("requirements");
            let class = JobClass { service: Service::Hash, requirements };
            assert_eq!(read_class(&write_class(&class)), Some(class));
        }
        for text in ["hash", "sort {}", "hash {", r#"hash {"a b":1}"#] {
            assert_eq!(read_class(text), None, "{text}");
        }
    }

    #[test]
    fn the_highest_priority_is_the_first() {
        let orders = Priority::ALL.map(order);
        assert_eq!(orders, [3, 2, 1, 0]);
    }

    #[test]
    fn a_foreign_field_is_named() {
        let id = JobId::generate();
        let request = json(&JobRequest::new(Payload::Simulation(SimulationPayload::default())));
        let fields = |state: &str, created: &str| {
            [Some(&*request), Some(state), Some(created), Some("0"), None, Some("0")]
                .map(|field| field.map(|text| text.as_bytes().to_vec()))
                .to_vec()
        };
        let record = read_record(id, fields("queued", "5")).expect("a record");
        assert_eq!(record.state, JobState::Queued);
        let mut binary = fields("queued", "5");
        binary[4] = Some(vec![0xff]);
        let cases = [
            (vec![], "field `state`: it is missing"),
            (fields("gone", "5"), "field `state`: it is not a state"),
            (fields("queued", "x"), "field `created`: invalid digit"),
            (fields("queued", "18446744073709551616"), "field `created`: number too large"),
            (binary, "field `worker`: it is not UTF-8"),
        ];
        for (fields, expected) in cases {
            let error = read_record(id, fields).expect_err(expected);
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
