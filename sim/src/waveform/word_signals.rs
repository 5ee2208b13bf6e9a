//! Which signals have changed, from the words in which two samples differ.

use super::traced_design::{Signal, TracedDesign, View};
use std::ops::Range;

/// Words compared at once.
const GROUP: usize = 8;

/// Words whose verdicts fill a word.
const BLOCK: usize = 64;

/// Stands for a word that holds no signal, several, or a part of one.
const NOT_SIMPLE: u32 = u32::MAX;

/// The signals by the words of a sample that hold their bits.
pub(super) struct WordSignals {
    /// By words, all that have bits in it.
    signals: Vec<Vec<u32>>,
    /// Where the bits of each signal are.
    places: Vec<Place>,
    /// Per word: the one signal that it holds, or [`NOT_SIMPLE`].
    simple: Vec<u32>,
    /// Per compared word: a one bit if it differs.
    differing: Vec<[u8; BLOCK / GROUP]>,
    /// The changed signals.
    changed: Vec<u32>,
}

impl WordSignals {
    pub fn new(design: &TracedDesign) -> Self {
        let words = design.observed_words();
        let places: Vec<Place> = design.signals().iter().map(Place::of).collect();
        let mut signals = vec![Vec::new(); words];
        for (index, (signal, place)) in design.signals().iter().zip(&places).enumerate() {
            // Constants lie behind the observed words and never change.
            if matches!(signal.view, View::Clock(_)) || signal.word >= words {
                continue;
            }
            for list in &mut signals[place.words()] {
                list.push(index as u32);
            }
        }
        let simple = |list: &Vec<u32>| match list[..] {
            [signal] if places[signal as usize].words().len() == 1 => signal,
            _ => NOT_SIMPLE,
        };
        let simple = signals.iter().map(simple).collect();
        let differing = vec![[0; BLOCK / GROUP]; Self::compared_words(design) / BLOCK];
        let changed = Vec::with_capacity(design.signals().len());
        Self { signals, places, simple, differing, changed }
    }

    /// Words that [`WordSignals::changed`] compares: the observed ones and what fills the last block.
    pub fn compared_words(design: &TracedDesign) -> usize {
        design.observed_words().next_multiple_of(BLOCK)
    }

    /// The signals whose bits differ, each once. Both samples hold [`WordSignals::compared_words`].
    pub fn changed(&mut self, new: &[u64], old: &[u64]) -> &[u32] {
        compare(self.differing.as_flattened_mut(), new, old);
        self.changed.clear();
        for block in 0..self.differing.len() {
            let mut differing = u64::from_le_bytes(self.differing[block]);
            while differing != 0 {
                let word = block * BLOCK + differing.trailing_zeros() as usize;
                differing &= differing - 1;
                match self.simple.get(word) {
                    Some(&NOT_SIMPLE) => self.push_shared(word, new, old),
                    Some(&signal) => self.changed.push(signal),
                    // Behind the observed words lies nothing that changes.
                    None => break,
                }
            }
        }
        &self.changed
    }

    #[cold]
    fn push_shared(&mut self, word: usize, new: &[u64], old: &[u64]) {
        for &signal in &self.signals[word] {
            let place = &self.places[signal as usize];
            let differs = |word: usize| (new[word] ^ old[word]) & place.mask(word) != 0;
            if differs(word) && !(place.word..word).any(differs) {
                self.changed.push(signal);
            }
        }
    }
}

/// Where the bits of a signal are.
struct Place {
    word: usize,
    low: u32,
    width: u32,
}

impl Place {
    fn of(signal: &Signal) -> Self {
        Self { word: signal.word, low: signal.low, width: signal.width }
    }

    fn words(&self) -> Range<usize> {
        self.word..self.word + (self.low + self.width).div_ceil(64) as usize
    }

    /// The signal's bits in a word from its first one on.
    fn mask(&self, word: usize) -> u64 {
        let before = 64 * (word - self.word) as u32;
        let below = |bit: u32| u64::MAX.checked_shr(64 - bit.saturating_sub(before).min(64)).unwrap_or(0);
        below(self.low + self.width) & !below(self.low)
    }
}

/// Per group of words: a one bit for every word that differs.
#[inline]
fn compare(differing: &mut [u8], new: &[u64], old: &[u64]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { compare_by_fours(differing, new, old) };
    }
    compare_each(differing, new, old);
}

fn compare_each(differing: &mut [u8], new: &[u64], old: &[u64]) {
    for (differing, (new, old)) in differing.iter_mut().zip(groups(new, old)) {
        *differing = new.iter().zip(old).rev().fold(0, |bits, (new, old)| bits << 1 | u8::from(new != old));
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn compare_by_fours(differing: &mut [u8], new: &[u64], old: &[u64]) {
    use std::arch::x86_64::*;
    for (differing, (new, old)) in differing.iter_mut().zip(groups(new, old)) {
        let equal = |four: usize| {
            let (new, old) = (new[four..four + 4].as_ptr(), old[four..four + 4].as_ptr());
            // SAFETY: four words are there, and no alignment is asked for.
            let equal = unsafe { _mm256_cmpeq_epi64(_mm256_loadu_si256(new.cast()), _mm256_loadu_si256(old.cast())) };
            _mm256_movemask_pd(_mm256_castsi256_pd(equal))
        };
        *differing = !(equal(0) | equal(4) << 4) as u8;
    }
}

fn groups<'a>(new: &'a [u64], old: &'a [u64]) -> impl Iterator<Item = (&'a [u64; GROUP], &'a [u64; GROUP])> {
    new.as_chunks().0.iter().zip(old.as_chunks().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_whichever_of_their_bits_does() {
        let old = [0, u64::MAX, 0x1234_5678_9abc_def0, 1 << 63, 0, u64::MAX, 7, 1];
        for word in 0..GROUP {
            for bits in [0, 1, 1 << 31, 1 << 32, 1 << 63, u64::MAX] {
                let mut new = old;
                new[word] ^= bits;
                for compare in [compare, compare_each] {
                    let mut differing = [0; 1];
                    compare(&mut differing, &new, &old);
                    assert_eq!(differing, [u8::from(bits != 0) << word], "{bits:x} in word {word}");
                }
            }
        }
    }
}
