//! The health of a process, and what its log says about its database and about OTLP.

use osapi_common::postgres::{PostgresOptions, PrivatePostgres};
use osapi_metrics_tests::servers;
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
        "database_use",
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

/// A server with a user that may do what tasker does, and its URL.
async fn server_with_user(settings: &Settings) -> Option<(PrivatePostgres, Tables, String)> {
    let server = database()?;
    let tables = Tables::open(&server.url());
    // The tables are made by their owner.
    Program::start(&[], &server.url(), settings).is_ready().await;
    for statement in [
        "CREATE ROLE app LOGIN",
        "GRANT ALL ON SCHEMA tasker, pgmq TO app",
        "GRANT ALL ON ALL TABLES IN SCHEMA tasker, pgmq TO app",
    ] {
        tables.run(statement).await;
    }
    let url = server.url().replacen("postgres@", "app@", 1);
    Some((server, tables, url))
}

/// Waits until a program is not ready, for a reason with these words.
async fn is_not_ready(tasker: &Program, words: &str) {
    until(words, async || {
        let answer = client().get(tasker.url("/health/ready")).send().await.expect("an answer");
        answer.status() == 503 && answer.text().await.expect("a text").contains(words)
    })
    .await;
}

/// The numbers of lines that say that the database cannot be used, and that it can be again.
fn changes(tasker: &Program) -> (usize, usize) {
    let log = tasker.log();
    let lines = |text| log.matches(text).count();
    (lines("the database cannot be used"), lines("the database can be used again"))
}

/// Other statements succeed meanwhile, and the process has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn each_right_that_is_revoked_is_named_and_logged_once() {
    let settings = Settings::quick().with_quick_breakers();
    let Some((_server, tables, url)) = server_with_user(&settings).await else { return };
    let tasker = Program::start(&[], &url, &settings);
    tasker.is_ready().await;
    let rights = [
        ("UPDATE ON tasker.steps", "update `tasker.steps`"),
        ("INSERT ON tasker.tasks", "insert into `tasker.tasks`"),
        ("INSERT ON tasker.edges", "insert into `tasker.edges`"),
        ("DELETE ON pgmq.q_worker_math_queue", "delete from `pgmq.q_worker_math_queue`"),
        ("INSERT ON pgmq.q_orchestration_step_results", "q_orchestration_step_results`"),
    ];
    for (number, (right, words)) in rights.into_iter().enumerate() {
        tables.run(&format!("REVOKE {right} FROM app")).await;
        is_not_ready(&tasker, words).await;
        let (_, health) = tasker.health().await;
        assert_eq!(health["checks"]["database_use"]["status"], "unhealthy", "{health:#}");
        tables.run(&format!("GRANT {right} TO app")).await;
        tasker.is_ready().await;
        assert_eq!(changes(&tasker), (number + 1, number + 1), "{}", tasker.log());
    }
    let task = tasker.api().run("math.diamond", &json!({"number": 2})).await;
    assert_eq!(task["state"], "complete", "{task:#}");
}

/// Between the tasks that are refused, others are shown. No right of a table says it.
#[tokio::test(flavor = "multi_thread")]
async fn refused_tasks_between_answered_requests_are_noticed_until_they_are_taken() {
    let settings = Settings::quick().with_quick_breakers();
    let Some((_server, tables, url)) = server_with_user(&settings).await else { return };
    let tasker = Program::start(&[], &url, &settings);
    tasker.is_ready().await;
    let api = tasker.api();
    let known = api.submit("math.diamond", &json!({"number": 2})).await;
    api.ended(&known).await;
    for statement in [
        "CREATE POLICY old ON tasker.tasks FOR SELECT TO app USING (true)",
        "CREATE POLICY changed ON tasker.tasks FOR UPDATE TO app USING (true)",
        "ALTER TABLE tasker.tasks ENABLE ROW LEVEL SECURITY",
    ] {
        tables.run(statement).await;
    }
    let task = json!({"workflow": "math.diamond", "context": {"number": 2}});
    until("tasks are refused, and the process is not ready", async || {
        let (status, answer) = api.post(&task).await;
        assert_eq!(status, 503, "{answer}");
        let (status, answer) = api.get(&known).await;
        assert_eq!(status, 200, "{answer}");
        let answer = client().get(tasker.url("/health/ready")).send().await.expect("an answer");
        answer.text().await.expect("a text").contains("cannot accept tasks: ")
    })
    .await;
    // Nobody asks for a task, and it is noticed nevertheless.
    tables.run("CREATE POLICY new ON tasker.tasks FOR INSERT TO app WITH CHECK (true)").await;
    tasker.is_ready().await;
    assert_eq!(changes(&tasker), (1, 1), "{}", tasker.log());
    assert_eq!(tables.count("tasker.tasks").await, 1);
    assert_eq!(api.run("math.diamond", &json!({"number": 2})).await["state"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_locked_is_noticed_and_logged_once() {
    let settings = Settings::quick().with_quick_breakers();
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let tasker = &cluster.orchestration;
    for number in 1..=2 {
        let lock = cluster.tables.lock("tasker.steps", "ACCESS EXCLUSIVE").await;
        is_not_ready(tasker, "`tasker.steps`").await;
        let (_, health) = tasker.health().await;
        assert_eq!(health["checks"]["database_use"]["status"], "unhealthy", "{health:#}");
        // Each use of the table fails meanwhile, and says nothing more.
        let breaker = [r#"component="task_readiness""#];
        cluster.reaches("tasker_circuit_breaker_state", &breaker, 2.0).await;
        drop(lock);
        tasker.is_ready().await;
        assert_eq!(changes(tasker), (number, number), "{}", tasker.log());
    }
    let task = cluster.api().run("math.diamond", &json!({"number": 2})).await;
    assert_eq!(task["state"], "complete", "{task:#}");
}

/// Ends the connections of tasker.
const TERMINATE: &str =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'";

/// Settings of the user that nothing can be done with, and connections that break all the time.
#[tokio::test(flavor = "multi_thread")]
async fn limits_of_the_user_and_broken_connections_keep_nobody_from_work() {
    let settings = Settings::quick();
    let Some((_server, tables, url)) = server_with_user(&settings).await else { return };
    for setting in [
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "idle_session_timeout",
    ] {
        // The last one is younger than some versions of the server.
        if tables.count(&format!("pg_settings WHERE name = '{setting}'")).await == 1 {
            tables.run(&format!("ALTER ROLE app SET {setting} = '100ms'")).await;
        }
    }
    let tasker = Program::start(&[], &url, &settings);
    tasker.is_ready().await;
    for _ in 0..10 {
        let task = tasker.api().submit("math.tree", &json!({"number": 2})).await;
        assert_eq!(tasker.api().ended(&task).await["state"], "complete");
        tables.run(TERMINATE).await;
        until("there are connections again", async || {
            tables.count("pg_stat_activity WHERE usename = 'app'").await > 4
        })
        .await;
    }
    let log = tasker.log();
    let warnings = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    let warnings: Vec<_> = warnings.collect();
    assert!(warnings.len() <= 2, "{warnings:#?}");
}

/// A connection keeps the default that its user had when it was made.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_only_reads_for_a_time_works_again_when_it_writes() {
    let settings = Settings::quick();
    let Some((_server, tables, url)) = server_with_user(&settings).await else { return };
    let tasker = Program::start(&[], &url, &settings);
    tasker.is_ready().await;
    tables.run("ALTER ROLE app SET default_transaction_read_only = on").await;
    tables.run(TERMINATE).await;
    is_not_ready(&tasker, "read-only transaction").await;
    tables.run("ALTER ROLE app RESET default_transaction_read_only").await;
    tasker.is_ready().await;
    let task = tasker.api().submit("math.tree", &json!({"number": 2})).await;
    assert_eq!(tasker.api().ended(&task).await["state"], "complete");
}

/// The server refuses the connections themselves, with an error of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_may_not_connect_for_a_time_is_named_and_works_again() {
    let settings = Settings::quick();
    let Some((_server, tables, url)) = server_with_user(&settings).await else { return };
    let tasker = Program::start(&[], &url, &settings);
    tasker.is_ready().await;
    let change = |statement: &str| {
        format!("DO $$ BEGIN EXECUTE format('{statement}', current_database()); END $$")
    };
    tables.run(&change("REVOKE CONNECT ON DATABASE %I FROM PUBLIC")).await;
    tables.run(TERMINATE).await;
    is_not_ready(&tasker, "permission denied for database").await;
    tables.run(&change("GRANT CONNECT ON DATABASE %I TO PUBLIC")).await;
    tasker.is_ready().await;
    let (problems, ends) = changes(&tasker);
    assert!((1..=4).contains(&problems) && ends == 1, "{}", tasker.log());
    let task = tasker.api().submit("math.tree", &json!({"number": 2})).await;
    assert_eq!(tasker.api().ended(&task).await["state"], "complete");
}

/// Some parts of the process have a connection, and others get none.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_connection_for_each_part_is_named_once() {
    let options = PostgresOptions {
        fsync: false,
        settings: vec![("max_connections".to_owned(), "5".to_owned())],
        ..PostgresOptions::default()
    };
    let Some(server) = servers::postgres_with(&options) else { return };
    let settings = Settings::quick().with("api.request_timeout", "500ms");
    let tasker = Program::start(&[], &server.url(), &settings);
    is_not_ready(&tasker, "too many clients").await;
    let task = json!({"workflow": "math.diamond", "context": {"number": 2}});
    for _ in 0..20 {
        tasker.api().post(&task).await;
    }
    until("it is logged", async || changes(&tasker).0 > 0).await;
    let log = tasker.log();
    assert_eq!(log.matches("too many clients").count(), 1, "{log}");
    assert_eq!(changes(&tasker), (1, 0), "{log}");
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
