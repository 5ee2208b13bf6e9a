//! A file that grows at its end.

use std::fs::File;
use std::io::{Result, Seek, SeekFrom, Write};

/// Bytes of the disk that are asked for at once.
#[cfg(target_os = "linux")]
const RESERVATION_BYTES: u64 = 16 << 20;

/// A file whose place on the disk is reserved ahead of its end, which halves the time that the system takes for a write. What
/// is left over is given back at last.
pub(super) struct GrowingFile {
    file: File,
    end: u64,
    /// Where the reserved place ends; the largest number if nothing is to be reserved.
    reserved: u64,
}

impl GrowingFile {
    /// An empty file.
    pub fn new(file: File) -> Self {
        Self { file, end: 0, reserved: 0 }
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.end + bytes.len() as u64;
        while end > self.reserved {
            self.reserve();
        }
        self.file.write_all(bytes)?;
        self.end = end;
        Ok(())
    }

    /// A file system that cannot do it, or is full, is no error here: writing tells.
    #[cfg(target_os = "linux")]
    fn reserve(&mut self) {
        use rustix::fs::{FallocateFlags, fallocate};
        let reserved = fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.reserved, RESERVATION_BYTES);
        self.reserved = if reserved.is_ok() { self.reserved + RESERVATION_BYTES } else { u64::MAX };
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve(&mut self) {
        self.reserved = u64::MAX;
    }

    /// Replaces the first bytes.
    pub fn replace_start(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(bytes)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        Ok(())
    }

    /// Nothing is appended afterwards.
    pub fn finish(mut self) -> Result<()> {
        if self.reserved > self.end && self.reserved != u64::MAX {
            self.file.set_len(self.end)?;
        }
        self.file.flush()
    }
}
