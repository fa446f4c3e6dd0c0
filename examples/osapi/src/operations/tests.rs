//! Requests, accepted and refused.

use serde_json::{Value, json};

use super::*;

fn parse(name: &str, args: Value) -> Result<Operation, RequestError> {
    match args {
        Value::Object(args) => Operation::parse(name, args),
        other => panic!("a test passed arguments that are not an object: {other}"),
    }
}

fn refusal(name: &str, args: Value) -> String {
    match parse(name, args) {
        Ok(operation) => panic!("accepted as {operation:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_example_is_accepted_and_names_every_argument() {
    for spec in OPERATIONS {
        let args: Value = serde_json::from_str(spec.example).expect("valid JSON");
        for (name, _) in spec.args {
            assert!(!args[name].is_null(), "{} lacks {name}", spec.name);
        }
        let operation = parse(spec.name, args).expect("the example is accepted");
        assert_eq!(operation.name(), spec.name);
    }
}

#[test]
fn refusals_say_what_was_given_and_what_is_allowed() {
    let table = [
        ("file.sha265", json!({}), "unknown operation `file.sha265`; did you mean `file.sha256`?"),
        ("reboot", json!({}), "unknown operation `reboot`"),
        (
            "node.load",
            json!({"verbose": true}),
            "bad arguments for `node.load`: unknown field `verbose`, there are no fields",
        ),
        ("file.sha256", json!({}), "bad arguments for `file.sha256`: missing field `path`"),
        (
            "file.sha256",
            json!({"path": ""}),
            "bad arguments for `file.sha256`: invalid value: string \"\", \
             expected a path of 1 to 4096 bytes without NUL",
        ),
        (
            "dns.resolve",
            json!({"host": "two words"}),
            "bad arguments for `dns.resolve`: invalid value: string \"two words\", \
             expected a host name of 1 to 253 characters without spaces, or an IP address",
        ),
        (
            "process.list",
            json!({"limit": 0}),
            "bad arguments for `process.list`: invalid value: integer `0`, \
             expected a whole number from 1 to 500",
        ),
        (
            "wait",
            json!({"millis": 60_001}),
            "bad arguments for `wait`: invalid value: integer `60001`, \
             expected a whole number from 0 to 60000",
        ),
        (
            "wait",
            json!({"millis": -1}),
            "bad arguments for `wait`: invalid value: integer `-1`, \
             expected a whole number from 0 to 60000",
        ),
        (
            "wait",
            json!({"millis": "5"}),
            "bad arguments for `wait`: invalid type: string \"5\", \
             expected a whole number from 0 to 60000",
        ),
    ];
    for (name, args, expected) in table {
        assert_eq!(refusal(name, args), expected);
    }
}

#[test]
fn a_missing_limit_gets_the_default() {
    let operation = parse("process.list", json!({})).expect("limit is optional");
    assert_eq!(operation, Operation::ProcessList(ListArgs { limit: 20 }));
}

#[test]
fn what_a_client_gives_is_cut_and_costs_no_time() {
    let long = "x".repeat(1_000_000);
    let began = std::time::Instant::now();
    let messages = [
        refusal(&long, json!({})),
        refusal("node.load", json!({ (long.as_str()): 1 })),
        refusal("dns.resolve", json!({ "host": long })),
        refusal("process.list", json!({ "limit": long })),
        refusal("process.list", json!({ "limit": vec![1; 300_000] })),
        refusal("node.load", (0..100_000).map(|n| (n.to_string(), json!(n))).collect()),
    ];
    for message in messages {
        assert!(message.len() < 600, "{message}");
    }
    // In a debug build, on a machine that does other things too.
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}
