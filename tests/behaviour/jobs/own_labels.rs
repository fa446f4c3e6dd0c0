//! Labels of a job: some of its own labels, its stage, and its error.

use std::borrow::Cow;

use osapi_metrics::{
    LabelSet, LabelValue,
    jobs::{FromJob, JobStage},
};

#[derive(Clone, Copy, Debug, PartialEq, LabelValue)]
#[label(rename_all = "kebab-case")]
enum ErrorClass {
    Timeout,
    OutOfMemory,
    #[label(rename = "io")]
    Network,
    #[label(other)]
    Unknown,
}

#[derive(Clone, Debug, LabelSet)]
struct TaskLabels {
    #[label(max = 3)]
    correlation_id: String,
    #[label(max = 3)]
    namespace: &'static str,
    retried: bool,
}

/// Some of the labels, the last label under another key.
#[derive(Debug, LabelSet)]
#[label(job(labels = TaskLabels))]
struct SomeTaskLabels {
    retried: bool,
    #[label(max = 3, key = "correlation")]
    correlation_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, LabelValue)]
enum Progress {
    Created,
    Started,
    Ended,
}

impl From<JobStage<'_>> for Progress {
    fn from(stage: JobStage<'_>) -> Self {
        match stage {
            JobStage::Created => Self::Created,
            JobStage::Started => Self::Started,
            _ => Self::Ended,
        }
    }
}

#[derive(Debug, LabelSet)]
#[label(job(labels = TaskLabels))]
struct ProgressLabels {
    #[label(max = 3)]
    namespace: &'static str,
    #[label(job = stage)]
    progress: Progress,
}

#[derive(Debug, LabelSet)]
#[label(job(labels = TaskLabels))]
struct ErrorLabels {
    #[label(job = error_type)]
    class: ErrorClass,
}

#[test]
fn a_text_without_a_value_of_its_own_is_the_other() {
    for (text, class) in [
        ("timeout", ErrorClass::Timeout),
        ("out-of-memory", ErrorClass::OutOfMemory),
        ("io", ErrorClass::Network),
        ("unknown", ErrorClass::Unknown),
        // The name of a variant is not its value.
        ("OutOfMemory", ErrorClass::Unknown),
        ("network", ErrorClass::Unknown),
        ("", ErrorClass::Unknown),
    ] {
        assert_eq!(ErrorClass::from(text), class, "{text}");
        assert_eq!(ErrorClass::from(Cow::Borrowed(text)), class, "{text}");
        assert_eq!(ErrorClass::from(Cow::<str>::Owned(text.to_owned())), class, "{text}");
    }
}

#[test]
fn labels_are_taken_from_the_labels_of_a_job_by_name() {
    let task = TaskLabels { correlation_id: "7-1".to_owned(), namespace: "billing", retried: true };
    let some = SomeTaskLabels::from_job(&task, JobStage::Created).expect("nothing is missing");
    assert_eq!((some.correlation_id.as_str(), some.retried), ("7-1", true));
    assert_eq!(SomeTaskLabels::LABELS.len(), 2, "the others are left out");
    for (stage, progress) in
        [(JobStage::Created, Progress::Created), (JobStage::Started, Progress::Started)]
    {
        let labels = ProgressLabels::from_job(&task, stage).expect("every job has a stage");
        assert_eq!((labels.namespace, labels.progress), ("billing", progress));
        assert!(ErrorLabels::from_job(&task, stage).is_none(), "there is no error yet");
    }
}

#[test]
fn labels_tell_whether_they_differ_with_an_error() {
    // The stage contains the error.
    let of_error = [
        (ErrorLabels::OF_ERROR, true),
        (ProgressLabels::OF_ERROR, true),
        (SomeTaskLabels::OF_ERROR, false),
        (<TaskLabels as FromJob<TaskLabels>>::OF_ERROR, false),
    ];
    assert_eq!(of_error.map(|(of_error, _)| of_error), of_error.map(|(_, expected)| expected));
}
