//! Which signals have changed, from the words in which two samples differ.

use super::traced_design::{TracedDesign, View};

/// Words compared at once: most rest in most cycles.
const GROUP: usize = 8;

/// The signals by the words of a sample that hold their bits.
pub(super) struct WordSignals {
    entries: Vec<Entry>,
    signals: Vec<u32>,
    /// First word of each signal.
    first_word: Vec<u32>,
    /// The signals of a group of words that hold one signal each; `None` where it is not so simple.
    simple: Vec<Option<[u32; GROUP]>>,
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
        let changed = vec![0; design.signals().len() + GROUP];
        Self { entries, signals, first_word, simple, changed }
    }

    /// The signals with bits in a word that differs, each once.
    pub fn changed(&mut self, new: &[u64], old: &[u64]) -> &[u32] {
        let mut count = 0;
        for (group, (new_words, old_words)) in new.chunks(GROUP).zip(old.chunks(GROUP)).enumerate() {
            if new_words.iter().zip(old_words).fold(0, |difference, (new, old)| difference | (new ^ old)) == 0 {
                continue;
            }
            if let Some(signals) = &self.simple[group] {
                // Which words differ is hard to predict, so there is no branch on it.
                let room = &mut self.changed[count..count + GROUP];
                let mut added = 0;
                for ((signal, new), old) in signals.iter().zip(new_words).zip(old_words) {
                    room[added % GROUP] = *signal;
                    added += usize::from(new != old);
                }
                count += added;
                continue;
            }
            for (offset, (new_word, old_word)) in new_words.iter().zip(old_words).enumerate() {
                if new_word == old_word {
                    continue;
                }
                let word = group * GROUP + offset;
                let Entry { begin, continuing, end } = self.entries[word];
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

fn simple_group(group: &[Entry], signals: &[u32]) -> Option<[u32; GROUP]> {
    let group: &[Entry; GROUP] = group.try_into().ok()?;
    let is_simple = group.iter().all(|entry| entry.continuing - entry.begin == 1 && entry.end == entry.continuing);
    is_simple.then(|| group.map(|entry| signals[entry.begin as usize]))
}
