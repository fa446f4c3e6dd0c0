//! Output that waits for its reader, and not for ever.
//!
//! A write to a pipe that is full, or to a terminal that Ctrl-S has stopped, waits until somebody
//! reads. A service would wait with it, and could not be stopped.

use std::{
    io::{self, Write},
    time::Duration,
};

/// How long a reader may let the output wait.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a pipe takes at once where it takes anything.
const PIECE: usize = 512;

/// An output whose texts are lost once its reader has let one wait for too long, until it reads
/// again.
#[derive(Debug)]
pub(crate) struct PatientWriter<O> {
    output: O,
    /// The number of texts that were lost since the last one that was written.
    lost: u64,
    /// The last text was written in part.
    is_cut: bool,
}

/// An output that says whether it takes something.
pub(crate) trait Output: Write {
    /// Waits until it takes at least [`PIECE`] bytes, or fails at once, for at most this time.
    fn is_ready_within(&self, limit: Duration) -> bool;
}

impl<O: Output> PatientWriter<O> {
    pub(crate) const fn new(output: O) -> Self {
        Self { output, lost: 0, is_cut: false }
    }

    /// Writes a text of whole lines, or loses it.
    pub(crate) fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let written = self.try_write(text);
        if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            self.lost += 1;
        }
        written
    }

    fn try_write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.lost > 0 {
            self.wait()?;
            let end_of_line = if self.is_cut { "\n" } else { "" };
            let lost = self.lost;
            let note = format!("{end_of_line}{lost} texts were lost here: nobody has read them\n");
            self.output.write_all(note.as_bytes())?;
            (self.lost, self.is_cut) = (0, false);
        }
        for (index, piece) in text.chunks(PIECE).enumerate() {
            if let Err(late) = self.wait() {
                self.is_cut = index > 0;
                return Err(late);
            }
            self.output.write_all(piece)?;
        }
        self.output.flush()
    }

    fn wait(&self) -> io::Result<()> {
        let limit = if self.lost == 0 { PATIENCE } else { Duration::ZERO };
        if self.output.is_ready_within(limit) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "nobody reads it"))
    }
}

#[cfg(unix)]
impl<F: Write + std::os::fd::AsFd> Output for F {
    fn is_ready_within(&self, limit: Duration) -> bool {
        use rustix::{
            event::{PollFd, PollFlags, Timespec, poll},
            io::retry_on_intr,
        };
        let limit = Timespec::try_from(limit).ok();
        let mut fds = [PollFd::new(self, PollFlags::OUT)];
        // What cannot be waited for is not waited for.
        retry_on_intr(|| poll(&mut fds, limit.as_ref())).map_or(true, |ready| ready > 0)
    }
}

#[cfg(not(unix))]
impl<W: Write> Output for W {
    fn is_ready_within(&self, _: Duration) -> bool {
        true
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        io::{PipeReader, Read, pipe},
        thread,
    };

    use super::*;

    fn read(reader: &mut PipeReader, bytes: usize) -> String {
        let mut text = vec![0; bytes];
        reader.read_exact(&mut text).expect("a pipe");
        String::from_utf8(text).expect("UTF-8")
    }

    #[test]
    fn a_text_that_nobody_reads_is_lost_and_the_next_ones_do_not_wait() {
        let (mut reader, writer) = pipe().expect("a pipe");
        let mut output = PatientWriter::new(writer);
        let long = format!("{}\n", "x".repeat(10_000_000));
        let late = output.write(long.as_bytes()).expect_err("a full pipe");
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        for _ in 0..1_000 {
            output.write(b"lost\n").expect_err("a full pipe");
        }

        let reading = thread::spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        while output.write(b"read\n").is_err() {
            thread::yield_now();
        }
        output.write(b"again\n").expect("a reader");
        drop(output);
        let text = reading.join().expect("no panic").expect("UTF-8");
        let rest = text.trim_start_matches('x');
        assert!(text.len() - rest.len() < long.len());
        let rest = rest.strip_prefix('\n').expect("the line that was cut has an end");
        let (lost, rest) = rest.split_once(' ').expect("a note");
        assert!(lost.parse::<u64>().is_ok_and(|lost| lost >= 1_001), "{lost}");
        assert_eq!(rest, "texts were lost here: nobody has read them\nread\nagain\n");
    }

    #[test]
    fn a_reader_that_is_slow_gets_everything() {
        let (mut reader, writer) = pipe().expect("a pipe");
        let mut output = PatientWriter::new(writer);
        let text = format!("{}\n", "x".repeat(1_000_000));
        thread::scope(|scope| {
            let writing = scope.spawn(|| output.write(text.as_bytes()));
            let mut received = String::new();
            while received.len() < text.len() {
                received += &read(&mut reader, (text.len() - received.len()).min(50_000));
                thread::yield_now();
            }
            assert_eq!(received, text);
            writing.join().expect("no panic").expect("a reader");
        });
    }

    #[test]
    fn a_reader_that_is_gone_is_not_waited_for() {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let gone = PatientWriter::new(writer).write(b"text\n").expect_err("no reader");
        assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
    }
}
