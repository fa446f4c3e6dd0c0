// The test of the guide, as it stands there.

use osapi_metrics::{instrumented_job, testing};

#[instrumented_job(name = "number.parse")]
fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[test]
fn a_word_is_not_a_number() {
    let captured = testing::capture(|| {
        parse("7").unwrap();
        parse("seven").unwrap_err();
    });
    let failed = &[("job_name", "number.parse"), ("status", "failed")];
    assert_eq!(captured.counter("osapi_jobs_completed_total", failed), 1);
    assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).count, 2);
}
