//! One checker for each circuit that is proved.

use super::{Checker, Schedule};

/// Checker of `SkidBuffer<word_bits>` under free handshakes; proofs by induction want `aside` observed.
pub fn skid_buffer_checker(word_bits: usize) -> Checker {
    Checker {
        module: "skid_buffer_checker",
        text: include_str!("skid_buffer.sv"),
        parameters: vec![("WORD_BITS", word_bits.to_string())],
    }
}

/// Checker of `SynchronousFifo<word_bits, address_bits>`, `address_bits` 2..=4. Words are offered as `sink` says and taken
/// as `source` says; proofs by induction want the registers observed that the checker's text names.
pub fn synchronous_fifo_checker(
    word_bits: usize,
    address_bits: usize,
    almost_full_threshold: u16,
    sink: Schedule,
    source: Schedule,
) -> Checker {
    Checker {
        module: "synchronous_fifo_checker",
        text: include_str!("synchronous_fifo.sv"),
        parameters: vec![
            ("WORD_BITS", word_bits.to_string()),
            ("ADDRESS_BITS", address_bits.to_string()),
            ("ALMOST_FULL_THRESHOLD", almost_full_threshold.to_string()),
            ("SINK_HIGH", sink.high()),
            ("SINK_FREE", sink.free()),
            ("SOURCE_HIGH", source.high()),
            ("SOURCE_FREE", source.free()),
        ],
    }
}

/// Checker of `ActionArbiter` under free inputs; proved by induction without further observation.
pub fn action_arbiter_checker() -> Checker {
    Checker { module: "action_arbiter_checker", text: include_str!("action_arbiter.sv"), parameters: vec![] }
}

/// What a proof of the parity engine looks at.
#[derive(Clone, Copy, Debug)]
pub struct ParityScenario {
    /// When words are offered.
    pub sink: Schedule,
    /// When data words are taken.
    pub data: Schedule,
    /// When parity words are taken.
    pub parity: Schedule,
    /// Number, from 0, of the word that carries `last`; none if no word does.
    pub last_word: Option<u8>,
    /// Number, from 0, of the stripe whose parity the cover statement waits for.
    pub covered_stripe: u8,
    /// Whether the cover statement waits for a word held back on `sink`, `data` and `parity`.
    pub held: [bool; 3],
}

/// Checker of `XorParityEngine<word_bits, 3>` with strips of 8 words; bounded to 16 stripes and 255 words.
pub fn xor_parity_engine_checker(word_bits: usize, data_lanes: usize, scenario: &ParityScenario) -> Checker {
    let bit = |value: bool| format!("1'b{}", u8::from(value));
    Checker {
        module: "xor_parity_engine_checker",
        text: include_str!("xor_parity_engine.sv"),
        parameters: vec![
            ("WORD_BITS", word_bits.to_string()),
            ("DATA_LANES", data_lanes.to_string()),
            ("WORDS_PER_STRIP", "8".to_owned()),
            ("SINK_HIGH", scenario.sink.high()),
            ("SINK_FREE", scenario.sink.free()),
            ("DATA_HIGH", scenario.data.high()),
            ("DATA_FREE", scenario.data.free()),
            ("PARITY_HIGH", scenario.parity.high()),
            ("PARITY_FREE", scenario.parity.free()),
            // No word has the number 255: the depth of a proof is below that.
            ("LAST_WORD", scenario.last_word.unwrap_or(u8::MAX).to_string()),
            ("COVERED_STRIPE", scenario.covered_stripe.to_string()),
            ("SINK_IS_HELD", bit(scenario.held[0])),
            ("DATA_IS_HELD", bit(scenario.held[1])),
            ("PARITY_IS_HELD", bit(scenario.held[2])),
        ],
    }
}

/// Checker of `PageMap<1, location_bits>` under free operations and a memory of free latency.
pub fn page_map_checker(location_bits: usize) -> Checker {
    Checker {
        module: "page_map_checker",
        text: include_str!("page_map.sv"),
        parameters: vec![("LOCATION_BITS", location_bits.to_string())],
    }
}

/// Checker of `PlaceCommitter<8, location_bits>` under free updates, before a page map of free latency.
pub fn place_committer_checker(location_bits: usize) -> Checker {
    Checker {
        module: "place_committer_checker",
        text: include_str!("place_committer.sv"),
        parameters: vec![("LOCATION_BITS", location_bits.to_string())],
    }
}

/// Checker of `MoveChecker<8, location_bits>` under free checks, before a page map of free latency.
pub fn move_checker_checker(location_bits: usize) -> Checker {
    Checker {
        module: "move_checker_checker",
        text: include_str!("move_checker.sv"),
        parameters: vec![("LOCATION_BITS", location_bits.to_string())],
    }
}

/// Checker of `CreditCounter` under any constant credit; proved by induction without further observation.
pub fn credit_counter_checker() -> Checker {
    Checker { module: "credit_counter_checker", text: include_str!("credit_counter.sv"), parameters: vec![] }
}

/// Checker of `WordSynchronizer` under free words; proofs by induction want `counts` observed.
pub fn word_synchronizer_checker() -> Checker {
    Checker { module: "word_synchronizer_checker", text: include_str!("word_synchronizer.sv"), parameters: vec![] }
}
