//! Every handler, run by the name of its operation.

use super::*;
use crate::operations::OPERATIONS;

#[tokio::test]
async fn every_operation_that_needs_no_network_gives_a_result() {
    for spec in OPERATIONS {
        if spec.name == "dns.resolve" || spec.name == "file.sha256" {
            continue; // Their own modules run them, on loopback and on temporary files.
        }
        let args = serde_json::from_str(spec.example).expect("valid JSON");
        let job = Job::new(Operation::parse(spec.name, args).expect("the example is accepted"));
        let output = run(&job).await.expect(spec.name);
        assert!(output.len() > 2, "{} gave {output:?}", spec.name);
    }
}
