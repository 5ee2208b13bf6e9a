//! A file that is written by a thread of its own, so that the simulation does not wait for the system.

use super::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// Batches on their way to the file at most; beyond, the simulation waits for the system after all.
const BATCHES_IN_FLIGHT: usize = 3;

/// What is handed over at once.
pub(super) trait Batch: Send + 'static {
    /// An empty one of the same shape.
    fn another(&self) -> Self;

    /// Makes it empty.
    fn clear(&mut self);
}

/// What the thread does.
pub(super) trait BatchWriter<B>: Send + 'static {
    /// Writes a batch.
    fn write(&mut self, batch: &B) -> std::io::Result<()>;

    /// Completes the file.
    fn finish(self) -> std::io::Result<()>;
}

/// A file being written. The first error comes back from a later call, at the latest from [`BackgroundFile::finish`].
pub(super) struct BackgroundFile<B> {
    path: PathBuf,
    /// `None` once the file is complete or has failed.
    running: Option<Running<B>>,
}

struct Running<B> {
    full: SyncSender<B>,
    empty: Receiver<B>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl<B: Batch> BackgroundFile<B> {
    /// Starts a writer to the file that error messages call `path`.
    pub fn new(path: &Path, mut writer: impl BatchWriter<B>) -> Result<Self> {
        let (full, to_write) = sync_channel::<B>(BATCHES_IN_FLIGHT);
        let (written, empty) = sync_channel(BATCHES_IN_FLIGHT + 1);
        let thread = std::thread::Builder::new()
            .name("waveform".to_owned())
            .spawn(move || {
                for mut batch in to_write {
                    writer.write(&batch)?;
                    batch.clear();
                    // Nobody waits for batches any more when the last one is written.
                    let _ = written.try_send(batch);
                }
                writer.finish()
            })
            .map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), running: Some(Running { full, empty, thread }) })
    }

    /// Hands a batch over and puts an empty one in its place.
    pub fn hand_over(&mut self, batch: &mut B) -> Result<()> {
        let Some(running) = &self.running else {
            batch.clear();
            return Ok(());
        };
        let next = match running.empty.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => batch.another(),
        };
        match running.full.send(std::mem::replace(batch, next)) {
            Ok(()) => Ok(()),
            Err(_) => self.finish(),
        }
    }

    /// Waits until everything is written.
    pub fn finish(&mut self) -> Result<()> {
        let Some(Running { full, thread, .. }) = self.running.take() else { return Ok(()) };
        drop(full);
        let written = thread.join().unwrap_or_else(|_| Err(std::io::Error::other("the writing thread has stopped")));
        written.map_err(Error::write(&self.path))
    }
}
