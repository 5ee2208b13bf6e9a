//! One checker for each circuit that is proved.

use super::Checker;

/// Checker of `SkidBuffer<word_bits>`; proofs by induction want `aside` observed.
pub fn skid_buffer_checker(word_bits: usize) -> Checker {
    Checker {
        module: "skid_buffer_checker",
        text: include_str!("skid_buffer.sv"),
        parameters: vec![("WORD_BITS", word_bits)],
    }
}

/// Checker of `SynchronousFifo<word_bits, address_bits>`, `address_bits` 2..=4; proofs by induction want the registers
/// observed that its text names.
pub fn synchronous_fifo_checker(word_bits: usize, address_bits: usize, almost_full_threshold: usize) -> Checker {
    Checker {
        module: "synchronous_fifo_checker",
        text: include_str!("synchronous_fifo.sv"),
        parameters: vec![
            ("WORD_BITS", word_bits),
            ("ADDRESS_BITS", address_bits),
            ("ALMOST_FULL_THRESHOLD", almost_full_threshold),
        ],
    }
}

/// Checker of `XorParityEngine<word_bits, 3>` with strips of 8 words; its cover statements ask for parity of the stripe with
/// the number `covered_stripe`, from 0.
pub fn xor_parity_engine_checker(word_bits: usize, data_lanes: usize, covered_stripe: usize) -> Checker {
    Checker {
        module: "xor_parity_engine_checker",
        text: include_str!("xor_parity_engine.sv"),
        parameters: vec![
            ("WORD_BITS", word_bits),
            ("DATA_LANES", data_lanes),
            ("WORDS_PER_STRIP", 8),
            ("COVERED_STRIPE", covered_stripe),
        ],
    }
}
