//! What a property is tried on.

use hardpath_testbenches::golden::Geometry;
use proptest::prelude::*;

/// Word widths that the harness has compiled circuits for, in bits.
pub const WORD_BITS: [usize; 3] = [32, 64, 128];

/// Geometry, data, back-pressure and failure of a run.
#[derive(Clone, Debug)]
pub struct Case {
    /// Data lanes, 2..=15.
    pub data_lanes: usize,
    /// Words of a strip, 8..=32.
    pub words_per_strip: usize,
    /// Bits of a word.
    pub word_bits: usize,
    /// Bytes to store, at least one.
    pub data: Vec<u8>,
    /// Random pauses of host and lanes: seed, and the share of cycles that pause.
    pub pauses: Option<(u64, f64)>,
    /// Cycles from a lane's taking of a request to its first word.
    pub latency: u64,
    /// A lane that fails.
    pub failure: Option<Failure>,
}

/// How a lane fails.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// Lane number.
    pub lane: usize,
    /// Before anything is written, and not between writing and reading.
    pub before_writing: bool,
}

impl Case {
    /// The same geometry for the golden model.
    pub fn geometry(&self) -> Geometry {
        Geometry::new(self.data_lanes, self.words_per_strip * self.word_bits / 8).expect("cases are legal")
    }
}

/// Any case. Data covers none to several stripes beyond the first byte; strips differ from one another, so that each can
/// be told by its content.
pub fn cases() -> impl Strategy<Value = Case> {
    let geometry = (2_usize..=15, 8_usize..=32, proptest::sample::select(&WORD_BITS[..]));
    let pauses = proptest::option::of((any::<u64>(), 0.05_f64..0.7));
    let failure = proptest::option::of((any::<prop::sample::Index>(), proptest::bool::weighted(0.2)));
    (geometry, 0.0_f64..1.0, any::<u64>(), pauses, 0_u64..=20, failure).prop_map(
        |((data_lanes, words_per_strip, word_bits), amount, seed, pauses, latency, failure)| {
            let stripe = data_lanes * words_per_strip * word_bits / 8;
            // Up to all lanes' turns as parity lane, within bounds that keep a case short.
            let most = (stripe * (data_lanes + 2)).min(24_576).max(2 * stripe);
            let bytes = 1 + (amount * most as f64) as usize;
            let failure =
                failure.map(|(lane, before_writing)| Failure { lane: lane.index(data_lanes + 1), before_writing });
            Case { data_lanes, words_per_strip, word_bits, data: data(seed, bytes), pauses, latency, failure }
        },
    )
}

/// Bytes of a generator that never repeats within a case.
fn data(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut data = Vec::with_capacity(bytes + 8);
    while data.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data.extend(state.to_le_bytes());
    }
    data.truncate(bytes);
    data
}
