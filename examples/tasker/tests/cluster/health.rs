//! `/health/detailed`, and what the log says about OTLP.

use serde_json::json;

use crate::support::{Cluster, Program, Settings, Tables, client, database, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_health_follows_the_database() {
    let settings = Settings::quick().with_quick_breakers();
    let Some(mut cluster) = Cluster::whole(settings).await else { return };
    let (status, health) = cluster.orchestration.health().await;
    assert_eq!((status, &health["status"]), (200, &json!("healthy")), "{health:#}");
    let checks = [
        "web_database",
        "orchestration_database",
        "worker_database",
        "circuit_breakers",
        "pool_utilization",
        "queue_depth",
        "channel_saturation",
    ];
    let found = health["checks"].as_object().expect("checks by name");
    assert_eq!(found.len(), checks.len(), "{health:#}");
    for name in checks {
        let check = &found[name];
        assert_eq!(check["status"], "healthy", "{name}: {health:#}");
        assert!(check["message"].as_str().is_some_and(|text| !text.is_empty()), "{health:#}");
        assert!(check["duration_ms"].is_number(), "{health:#}");
    }
    let info = &health["info"];
    assert_eq!(info["opentelemetry_enabled"], false, "{health:#}");
    assert_eq!(
        (&info["metrics_enabled"], &info["correlation_window"]),
        (&json!(true), &json!(500))
    );

    cluster.database.kill();
    until("the health shows that the database is away", async || {
        let (status, health) = cluster.orchestration.health().await;
        let checks = &health["checks"];
        status == 503
            && health["status"] == "unhealthy"
            && checks["web_database"]["status"] == "unhealthy"
            && checks["orchestration_database"]["status"] == "unhealthy"
            && checks["circuit_breakers"]["status"] != "healthy"
    })
    .await;
    cluster.database.start_again().expect("PostgreSQL starts again");
    until("everything is healthy again", async || {
        let (status, health) = cluster.orchestration.health().await;
        (status, &health["status"]) == (200, &json!("healthy"))
    })
    .await;
    let task = cluster.api().run("math.diamond", &json!({"number": 2})).await;
    assert_eq!(task["state"], "complete", "{task:#}");
}

/// The database answers, and tasker can do nothing with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_as_it_has_to_be_is_not_ready() {
    let settings = Settings::quick().with_quick_breakers();
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let ready = async || {
        let answer = client().get(cluster.orchestration.url("/health/ready")).send().await;
        answer.expect("an answer").status().as_u16()
    };
    for (change, back) in [
        (
            "ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf()",
            "SET default_transaction_read_only = off;
             ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf()",
        ),
        ("ALTER SCHEMA pgmq RENAME TO gone", "ALTER SCHEMA gone RENAME TO pgmq"),
        ("ALTER TABLE tasker.steps RENAME TO gone", "ALTER TABLE tasker.gone RENAME TO steps"),
    ] {
        for statement in change.split(';') {
            cluster.tables.run(statement).await;
        }
        until(change, async || ready().await == 503).await;
        let (status, answer) = cluster
            .api()
            .post(&json!({"workflow": "math.diamond", "context": {"number": 2}}))
            .await;
        assert!(status == 202 || status == 503, "{change}: {answer}");
        for statement in back.split(';') {
            cluster.tables.run(statement).await;
        }
        until(back, async || ready().await == 200).await;
        let task = cluster.api().run("math.diamond", &json!({"number": 2})).await;
        assert_eq!(task["state"], "complete", "{change}: {task:#}");
    }
}

/// Everything but a new task still works.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_new_tasks_alone_is_not_ready() {
    let settings = Settings::quick().with_quick_breakers();
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let api = cluster.api();
    let ready = async || {
        let answer = client().get(cluster.orchestration.url("/health/ready")).send().await;
        answer.expect("an answer").status().as_u16()
    };
    let task = json!({"workflow": "math.diamond", "context": {"number": 2}});
    cluster.tables.run("ALTER TABLE tasker.transitions RENAME TO gone").await;
    until("the breaker is open", async || {
        let (status, answer) = api.post(&task).await;
        assert_eq!(status, 503, "{answer}");
        ready().await == 503
    })
    .await;
    cluster.tables.run("ALTER TABLE tasker.gone RENAME TO transitions").await;
    until("the breaker closes", async || api.post(&task).await.0 == 202 && ready().await == 200)
        .await;
    assert_eq!(api.run("math.diamond", &json!({"number": 2})).await["state"], "complete");
}

/// Under a stricter one transactions fail where they meet, and their messages come again late.
#[tokio::test(flavor = "multi_thread")]
async fn the_isolation_that_the_server_has_as_its_default_does_not_matter() {
    for isolation in ["serializable", "repeatable read"] {
        let Some(server) = database() else { return };
        let tables = Tables::open(&server.url());
        tables
            .run(&format!("ALTER ROLE postgres SET default_transaction_isolation = '{isolation}'"))
            .await;
        let tasker = Program::start(&[], &server.url(), &Settings::quick());
        tasker.is_ready().await;
        for id in tasker.api().submit_all(20, "math.diamond", &json!({"number": 2})).await {
            assert_eq!(tasker.api().ended(&id).await["state"], "complete", "{isolation}");
        }
        let log = tasker.log();
        assert!(!log.contains("could not serialize"), "{isolation}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_whether_metrics_are_pushed() {
    for enabled in [false, true] {
        let settings = Settings::quick()
            .with("telemetry.opentelemetry.enabled", enabled)
            // Nobody listens there, which a service survives.
            .with("telemetry.opentelemetry.endpoint", "http://127.0.0.1:1");
        let Some(cluster) = Cluster::whole(settings).await else { return };
        let line = format!("opentelemetry_enabled={enabled}");
        let log = cluster.orchestration.log();
        assert_eq!(log.matches("opentelemetry_enabled=").count(), 1, "{log}");
        assert!(log.contains(&line), "{log}");
        let (_, health) = cluster.orchestration.health().await;
        assert_eq!(health["info"]["opentelemetry_enabled"], enabled, "{health:#}");
    }
}
