//! Commands that wait for a controller, and what comes of them.

use super::machine::{Command, Completion};
use crate::models::{DeviceCommand, DeviceReply, DeviceRequest};
use crate::workload::{Operation, PAGE_BYTES};
use anyhow::{Result, ensure};
use std::collections::VecDeque;

/// A host that gives its commands one after the other and takes what it is given, always.
pub(super) struct HostQueue {
    commands: VecDeque<Command>,
    words: VecDeque<([u64; 2], bool)>,
    /// Bytes of pages that have come, by tag.
    pages: Vec<Vec<u8>>,
    completions: Vec<Completion>,
}

impl HostQueue {
    /// No commands.
    pub fn new() -> Self {
        Self {
            commands: VecDeque::new(),
            words: VecDeque::new(),
            pages: vec![Vec::new(); 256],
            completions: Vec::new(),
        }
    }

    /// Queues a command.
    pub fn offer(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    /// Commands that were not taken.
    pub fn waiting(&self) -> usize {
        self.commands.len()
    }

    /// Completions since the last call.
    pub fn take_completions(&mut self) -> Vec<Completion> {
        std::mem::take(&mut self.completions)
    }

    /// What it gives in this cycle.
    pub fn request(&self) -> DeviceRequest {
        let command = |command: &Command| DeviceCommand {
            operation: command.operation,
            tag: command.tag,
            page: command.page,
            blocks: DeviceCommand::ALL_BLOCKS,
        };
        DeviceRequest {
            command: self.commands.front().map(command),
            word: self.words.front().copied(),
            takes_word: true,
            takes_completion: true,
        }
    }

    /// What becomes of it at the end of the cycle.
    ///
    /// # Errors
    /// If a page that came is not whole.
    pub fn take(&mut self, reply: &DeviceReply, cycle: u64) -> Result<()> {
        if reply.takes_word {
            self.words.pop_front();
        }
        if reply.takes_command
            && let Some(command) = self.commands.pop_front()
            && command.operation == Operation::Write
        {
            let count = command.data.len().div_ceil(16);
            let words = command.data.chunks(16).enumerate();
            self.words.extend(words.map(|(index, bytes)| (word(bytes), index + 1 == count)));
        }
        if let Some(word) = reply.word {
            let page = &mut self.pages[usize::from(word.tag)];
            page.extend(word.word.iter().flat_map(|word| word.to_le_bytes()));
            ensure!(!word.last || page.len() == PAGE_BYTES, "tag {}: {} bytes of a page came", word.tag, page.len());
        }
        if let Some((tag, status)) = reply.completion {
            let data = std::mem::take(&mut self.pages[usize::from(tag)]);
            self.completions.push(Completion { tag, status, data, cycle });
        }
        Ok(())
    }
}

fn word(bytes: &[u8]) -> [u64; 2] {
    let half = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .take(8)
            .enumerate()
            .fold(0, |word, (place, byte)| word | u64::from(*byte) << (8 * place))
    };
    [half(0), half(8)]
}
