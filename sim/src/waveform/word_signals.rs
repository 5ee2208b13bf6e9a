//! Which signals have changed, from the words in which two samples differ.

use super::traced_design::{TracedDesign, View};

/// Words compared at once.
const GROUP: usize = 8;

/// Stands for a word that holds no signal, several, or a part of one.
const NOT_SIMPLE: u32 = u32::MAX;

/// The signals by the words of a sample that hold their bits.
pub(super) struct WordSignals {
    entries: Vec<Entry>,
    signals: Vec<u32>,
    /// First word of each signal.
    first_word: Vec<u32>,
    /// By groups of words: the one signal that a word holds, or [`NOT_SIMPLE`].
    simple: Vec<[u32; GROUP]>,
    /// Indices of changed signals, from the start; room for all.
    changed: Vec<u32>,
}

/// A word's part of the list of signals: `begin..continuing` start in the word, `continuing..end` started before it.
#[derive(Clone, Copy)]
struct Entry {
    begin: u32,
    continuing: u32,
    end: u32,
}

impl WordSignals {
    pub fn new(design: &TracedDesign) -> Self {
        let words = design.observed_words();
        let mut starting = vec![Vec::new(); words];
        let mut continuing = vec![Vec::new(); words];
        for (index, signal) in design.signals().iter().enumerate() {
            // Constants lie behind the observed words and never change.
            if matches!(signal.view, View::Clock(_)) || signal.word >= words {
                continue;
            }
            starting[signal.word].push(index as u32);
            let last = signal.word + ((signal.low + signal.width - 1) / 64) as usize;
            for list in &mut continuing[signal.word + 1..=last] {
                list.push(index as u32);
            }
        }
        let mut entries = Vec::with_capacity(words);
        let mut signals = Vec::new();
        for (starting, continuing) in starting.into_iter().zip(continuing) {
            let begin = signals.len() as u32;
            signals.extend(starting);
            let middle = signals.len() as u32;
            signals.extend(continuing);
            entries.push(Entry { begin, continuing: middle, end: signals.len() as u32 });
        }
        let first_word = design.signals().iter().map(|signal| signal.word as u32).collect();
        let simple = entries.chunks(GROUP).map(|group| simple_group(group, &signals)).collect();
        let changed = vec![0; design.signals().len()];
        Self { entries, signals, first_word, simple, changed }
    }

    /// Words that [`WordSignals::changed`] compares: the observed ones and what fills the last group.
    pub fn compared_words(design: &TracedDesign) -> usize {
        design.observed_words().next_multiple_of(GROUP)
    }

    /// The signals with bits in a word that differs, each once. Both samples hold [`WordSignals::compared_words`].
    pub fn changed(&mut self, new: &[u64], old: &[u64]) -> &[u32] {
        let mut count = 0;
        let groups = new.as_chunks::<GROUP>().0.iter().zip(old.as_chunks::<GROUP>().0);
        for (group, (new_words, old_words)) in groups.enumerate() {
            let mut differing = 0_u32;
            for (offset, (new_word, old_word)) in new_words.iter().zip(old_words).enumerate() {
                differing |= u32::from(new_word != old_word) << offset;
            }
            let simple = &self.simple[group];
            while differing != 0 {
                let offset = differing.trailing_zeros() as usize;
                differing &= differing - 1;
                let signal = simple[offset % GROUP];
                if signal != NOT_SIMPLE {
                    self.changed[count] = signal;
                    count += 1;
                    continue;
                }
                let word = group * GROUP + offset;
                let Some(&Entry { begin, continuing, end }) = self.entries.get(word) else { continue };
                for signal in &self.signals[begin as usize..continuing as usize] {
                    self.changed[count] = *signal;
                    count += 1;
                }
                for signal in &self.signals[continuing as usize..end as usize] {
                    let first = self.first_word[*signal as usize] as usize;
                    if new[first..word] == old[first..word] {
                        self.changed[count] = *signal;
                        count += 1;
                    }
                }
            }
        }
        &self.changed[..count]
    }
}

fn simple_group(group: &[Entry], signals: &[u32]) -> [u32; GROUP] {
    let mut simple = [NOT_SIMPLE; GROUP];
    for (signal, entry) in simple.iter_mut().zip(group) {
        if entry.continuing - entry.begin == 1 && entry.end == entry.continuing {
            *signal = signals[entry.begin as usize];
        }
    }
    simple
}
