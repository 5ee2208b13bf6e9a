//! A file that is written by a thread of its own, so that the simulation does not wait for the system.

use super::{Error, Result};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// Buffers on their way to the file at most; beyond, the simulation waits for the system after all.
const BUFFERS_IN_FLIGHT: usize = 3;

/// A file being appended to. The first error comes back from a later call, at the latest from [`BackgroundFile::finish`].
pub(super) struct BackgroundFile {
    path: PathBuf,
    /// `None` once the file is complete or has failed.
    running: Option<Running>,
}

struct Running {
    full: SyncSender<(Vec<u8>, usize)>,
    empty: Receiver<Vec<u8>>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl BackgroundFile {
    /// Appends to `file`, which error messages call `path`.
    pub fn new(path: &Path, mut file: File) -> Result<Self> {
        let (full, to_write) = sync_channel::<(Vec<u8>, usize)>(BUFFERS_IN_FLIGHT);
        let (written, empty) = sync_channel(BUFFERS_IN_FLIGHT + 1);
        let thread = std::thread::Builder::new()
            .name("waveform".to_owned())
            .spawn(move || {
                for (buffer, used) in to_write {
                    file.write_all(&buffer[..used])?;
                    // Nobody waits for buffers any more when the last one is written.
                    let _ = written.try_send(buffer);
                }
                file.flush()
            })
            .map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), running: Some(Running { full, empty, thread }) })
    }

    /// Appends the first `used` bytes of a buffer and puts another one of the same length in its place.
    pub fn append(&mut self, buffer: &mut Vec<u8>, used: usize) -> Result<()> {
        let Some(running) = &self.running else { return Ok(()) };
        let next = match running.empty.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => vec![0; buffer.len()],
        };
        match running.full.send((std::mem::replace(buffer, next), used)) {
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
