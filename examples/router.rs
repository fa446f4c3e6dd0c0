//! The metrics inside an axum application, as the documentation of the runtime shows it.

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    use axum::{Router, routing::get};
    use osapi_metrics::Metrics;

    let metrics = Metrics::builder().service_name("osapi-api").enabled(true).install()?;
    let app: Router = Router::new()
        .route("/jobs/{id}", get(|| async { "queued" }))
        .layer(metrics.http_layer()) // records the HTTP server metrics
        .merge(metrics.router()); // adds /metrics, /health and /health/ready

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    Ok(axum::serve(listener, app).await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    run().await
}
