//! The sample workflows.

use std::time::Duration;

use super::{
    context::{Field, FieldType},
    definition::{Handler, StepTemplate, Workflow},
};

/// The namespaces, each with workers of its own.
pub const NAMESPACES: [&str; 3] = ["math", "files", "faults"];

/// A number whose fourth square still fits.
const NUMBER: Field = Field { key: "number", value: FieldType::Integer(-10..=10) };

const fn step(
    name: &'static str,
    handler: Handler,
    after: &'static [&'static str],
) -> StepTemplate {
    StepTemplate { name, handler, after, max_attempts: 3, timeout: Duration::from_secs(30) }
}

const fn once(name: &'static str, handler: Handler, timeout: Duration) -> StepTemplate {
    StepTemplate { name, handler, after: &[], max_attempts: 1, timeout }
}

/// Every workflow.
pub const WORKFLOWS: &[Workflow] = &[
    Workflow {
        name: "math.linear",
        namespace: "math",
        summary: "squares a number four times, one step after the other",
        context: &[NUMBER],
        example: r#"{"number": 6}"#,
        steps: &[
            step("first", Handler::Square, &[]),
            step("second", Handler::Square, &["first"]),
            step("third", Handler::Square, &["second"]),
            step("fourth", Handler::Square, &["third"]),
        ],
    },
    Workflow {
        name: "math.diamond",
        namespace: "math",
        summary: "squares a number, works on the result in two branches, and joins them",
        context: &[NUMBER],
        example: r#"{"number": 3}"#,
        steps: &[
            step("start", Handler::Square, &[]),
            step("left", Handler::Square, &["start"]),
            step("right", Handler::Double, &["start"]),
            step("join", Handler::Sum, &["left", "right"]),
        ],
    },
    Workflow {
        name: "math.tree",
        namespace: "math",
        summary: "branches twice, and adds up the four leaves",
        context: &[NUMBER],
        example: r#"{"number": 2}"#,
        steps: &[
            step("root", Handler::Double, &[]),
            step("left", Handler::Square, &["root"]),
            step("right", Handler::Double, &["root"]),
            step("left_square", Handler::Square, &["left"]),
            step("left_double", Handler::Double, &["left"]),
            step("right_square", Handler::Square, &["right"]),
            step("right_double", Handler::Double, &["right"]),
            step(
                "total",
                Handler::Sum,
                &["left_square", "left_double", "right_square", "right_double"],
            ),
        ],
    },
    Workflow {
        name: "files.digest",
        namespace: "files",
        summary: "the SHA-256 of a file, and its check sum by an external program",
        context: &[Field { key: "path", value: FieldType::Path }],
        example: r#"{"path": "README.md"}"#,
        steps: &[
            step("sha256", Handler::HashFile, &[]),
            step("cksum", Handler::Checksum, &["sha256"]),
        ],
    },
    Workflow {
        name: "files.rows",
        namespace: "files",
        summary: "writes rows into a table, and counts them",
        context: &[Field { key: "rows", value: FieldType::Integer(1..=1_000) }],
        example: r#"{"rows": 100}"#,
        steps: &[
            step("write", Handler::WriteRows, &[]),
            step("count", Handler::CountRows, &["write"]),
        ],
    },
    Workflow {
        name: "faults.retry",
        namespace: "faults",
        summary: "a step that fails in its first attempts",
        context: &[Field { key: "failures", value: FieldType::Integer(0..=3) }],
        example: r#"{"failures": 1}"#,
        steps: &[step("flaky", Handler::FailFirst, &[])],
    },
    Workflow {
        name: "faults.fail",
        namespace: "faults",
        summary: "a step that fails for good, and one that therefore never runs",
        context: &[],
        example: "{}",
        steps: &[
            once("broken", Handler::Fail, Duration::from_secs(30)),
            step("never", Handler::Skip, &["broken"]),
        ],
    },
    Workflow {
        name: "faults.panic",
        namespace: "faults",
        summary: "a handler that panics, which ends its step and nothing else",
        context: &[],
        example: "{}",
        steps: &[step("panics", Handler::Panic, &[])],
    },
    Workflow {
        name: "faults.timeout",
        namespace: "faults",
        summary: "a step that takes longer than it may, which is 100 ms",
        context: &[Field { key: "millis", value: FieldType::Integer(0..=60_000) }],
        example: r#"{"millis": 60000}"#,
        steps: &[once("slow", Handler::Wait, Duration::from_millis(100))],
    },
    Workflow {
        name: "faults.wait",
        namespace: "faults",
        summary: "a step that waits, to cancel its task or to kill its worker",
        context: &[Field { key: "millis", value: FieldType::Integer(0..=60_000) }],
        example: r#"{"millis": 20000}"#,
        steps: &[step("wait", Handler::Wait, &[])],
    },
    Workflow {
        name: "faults.skip",
        namespace: "faults",
        summary: "a step that has nothing to do if the context says so, and one after it",
        context: &[Field { key: "skip", value: FieldType::Bool }],
        example: r#"{"skip": true}"#,
        steps: &[step("optional", Handler::Skip, &[]), step("after", Handler::Skip, &["optional"])],
    },
];

/// The workflow of that name.
pub fn find(name: &str) -> Option<&'static Workflow> {
    WORKFLOWS.iter().find(|workflow| workflow.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn steps_come_after_the_steps_that_they_need() {
        for workflow in WORKFLOWS {
            let mut before = HashSet::new();
            for step in workflow.steps {
                assert!(step.after.iter().all(|name| before.contains(name)), "{workflow:?}");
                assert!(before.insert(&step.name), "{} twice in {}", step.name, workflow.name);
            }
        }
    }

    #[test]
    fn names_are_unique_and_begin_with_a_namespace_that_has_workers() {
        let names: HashSet<_> = WORKFLOWS.iter().map(|workflow| workflow.name).collect();
        assert_eq!(names.len(), WORKFLOWS.len());
        for workflow in WORKFLOWS {
            let (namespace, _) = workflow.name.split_once('.').expect("a namespace");
            assert_eq!(namespace, workflow.namespace);
            assert!(NAMESPACES.contains(&namespace));
        }
    }

    #[test]
    fn every_example_is_a_valid_context() {
        for workflow in WORKFLOWS {
            let Ok(Value::Object(context)) = serde_json::from_str(workflow.example) else {
                panic!("{}: {}", workflow.name, workflow.example)
            };
            assert_eq!(workflow.check_context(&context), Ok(()), "{}", workflow.name);
        }
    }
}
