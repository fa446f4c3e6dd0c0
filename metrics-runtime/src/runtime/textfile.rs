use std::path::Path;

use super::metrics::Metrics;
use crate::exposition::{Format, TextfileError, textfile};

impl Metrics {
    /// Writes every metric to a file for the [textfile collector] of the node exporter: the way out
    /// of a batch job that ends before anybody can scrape it.
    ///
    /// The file is in the text format 0.0.4 and is replaced in one step, so that the collector
    /// never reads half of it. Its folder is the one that the collector reads
    /// (`--collector.textfile.directory`), and its name ends in `.prom`. Each job has a file and a
    /// `service.name` of its own: the collector refuses a series that two files have.
    ///
    /// If metrics are disabled, not served to Prometheus or shut down, nothing is written.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use osapi_metrics::Metrics;
    ///
    /// let metrics = Metrics::builder().service_name("backup").enabled(true).install()?;
    /// // The job runs.
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// metrics.write_textfile(folder.join("backup.prom"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TextfileError`] if the name does not end in `.prom`, the metrics cannot be collected, or
    /// the file cannot be written. The file that was there before is as it was.
    ///
    /// [textfile collector]: https://github.com/prometheus/node_exporter#textfile-collector
    pub fn write_textfile(&self, path: impl AsRef<Path>) -> Result<(), TextfileError> {
        let path = path.as_ref();
        textfile::check_name(path)?;
        match self.prometheus.collect(Format::Text) {
            Ok(Some(text)) => textfile::write(path, &text),
            Ok(None) => Ok(()),
            Err(error) => Err(TextfileError::Collect(error.into())),
        }
    }
}
