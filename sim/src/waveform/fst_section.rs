//! A section of an FST file: the value changes of a stretch of time.

use super::background_file::Batch;
use super::fst_numbers::{MOST_NUMBER_BYTES, put_number, write_number};

/// Bytes that are at hand to append a change of up to 64 bits.
const CHANGE_BYTES: usize = MOST_NUMBER_BYTES + 8;

/// Value changes of a stretch of time, gathered by signals. Each signal's are encoded as the format has them, so that only
/// their compression is left to do.
pub(super) struct Section {
    /// By signals of the traced design.
    pub streams: Vec<Stream>,
    /// Every time's distance from the one before; the first one's from zero.
    pub times: Vec<u8>,
    pub time_count: u64,
    /// Time last given.
    pub time_ps: u64,
    /// Bytes in all streams.
    pub bytes: usize,
}

/// The changes of one signal.
#[derive(Clone, Default)]
pub(super) struct Stream {
    buffer: Vec<u8>,
    used: usize,
    /// Index of the latest change's time.
    time: u64,
}

impl Section {
    pub fn new(signals: usize) -> Self {
        Self { streams: vec![Stream::default(); signals], times: Vec::new(), time_count: 0, time_ps: 0, bytes: 0 }
    }

    pub fn push_time(&mut self, time_ps: u64) {
        let before = if self.time_count == 0 { 0 } else { self.time_ps };
        write_number(&mut self.times, time_ps - before);
        self.time_ps = time_ps;
        self.time_count += 1;
    }

    /// A change of a signal of one bit at the latest time.
    #[inline]
    pub fn push_bit(&mut self, signal: usize, bit: u64) {
        self.bytes += self.streams[signal].push_bit(self.time_count - 1, bit);
    }

    /// A change of a wider signal at the latest time: its bits stand at the top of `value` and take so many bytes.
    #[inline]
    pub fn push_narrow(&mut self, signal: usize, value: u64, bytes: usize) {
        self.bytes += self.streams[signal].push_words(self.time_count - 1, [(value, bytes)]);
    }

    /// A change of a signal of several words, the highest first, as for [`Section::push_narrow`].
    pub fn push_wide(&mut self, signal: usize, words: impl IntoIterator<Item = (u64, usize)>) {
        self.bytes += self.streams[signal].push_words(self.time_count - 1, words);
    }
}

impl Batch for Section {
    fn another(&self) -> Self {
        Self::new(self.streams.len())
    }

    fn clear(&mut self) {
        for stream in &mut self.streams {
            (stream.used, stream.time) = (0, 0);
        }
        self.times.clear();
        (self.time_count, self.bytes) = (0, 0);
    }
}

impl Stream {
    /// The changes.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.used]
    }

    /// The latest value of a one-bit signal, if it has changed.
    pub fn last_bit(&self) -> Option<bool> {
        let (last, before) = self.bytes().split_last()?;
        let longer = before.iter().rev().take_while(|byte| **byte & 0x80 != 0).count();
        let first = if longer == 0 { last } else { &before[before.len() - longer] };
        Some(first & 0b10 != 0)
    }

    /// The bytes of the latest value of a wider signal, if it has changed.
    pub fn last_bits(&self, width: u32) -> Option<&[u8]> {
        self.bytes().len().checked_sub(width.div_ceil(8) as usize).map(|start| &self.bytes()[start..])
    }

    /// Returns the bytes that the change takes.
    #[inline]
    fn push_bit(&mut self, time: u64, bit: u64) -> usize {
        // Two bits beside the distance: the value, and whether it is another one than 0 or 1.
        let distance = time - std::mem::replace(&mut self.time, time);
        let count = put_number(self.room(), distance << 2 | bit << 1);
        self.used += count;
        count
    }

    #[inline]
    fn push_words(&mut self, time: u64, words: impl IntoIterator<Item = (u64, usize)>) -> usize {
        // One bit beside the distance: whether other digits than 0 and 1 follow.
        let distance = time - std::mem::replace(&mut self.time, time);
        let start = self.used;
        self.used += put_number(self.room(), distance << 1);
        for (word, bytes) in words {
            self.room()[..8].copy_from_slice(&word.to_be_bytes());
            self.used += bytes;
        }
        self.used - start
    }

    /// What lies behind the changes: at least [`CHANGE_BYTES`].
    #[inline]
    fn room(&mut self) -> &mut [u8] {
        if self.used + CHANGE_BYTES > self.buffer.len() {
            self.grow();
        }
        &mut self.buffer[self.used..]
    }

    #[cold]
    fn grow(&mut self) {
        self.buffer.resize((2 * self.buffer.len()).max(4 * CHANGE_BYTES), 0);
    }
}
