//! The golden model, and through it the circuits' matrices, against independent vectors.

use crate::bench::{places, random};
use hardpath_rtl::flash_controller::ecc::BchCode;
use hardpath_testbenches::golden::bch::flip;
use hardpath_testbenches::golden::{Bch, Decoded};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    vector: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    field_bits: u32,
    polynomial: u32,
    strength: usize,
    data_bytes: usize,
    parity_bits: usize,
    generator: String,
    counting: String,
    zeros: String,
    ones: String,
}

impl Vector {
    fn code(&self) -> Bch {
        Bch::new(self.field_bits, self.polynomial, self.strength, 8)
    }
}

fn vectors() -> Vec<Vector> {
    let file: Vectors = toml::from_str(include_str!("../../vectors/bch.toml")).expect("readable vectors");
    assert_eq!(file.vector.iter().map(|vector| vector.strength).collect::<Vec<_>>(), [1, 4, 8, 12, 16, 24, 40]);
    file.vector
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A polynomial's coefficients as a number, highest first.
fn digits(coefficients: &[bool]) -> String {
    let padding = std::iter::repeat_n(false, coefficients.len().next_multiple_of(4) - coefficients.len());
    let bits: Vec<bool> = padding.chain(coefficients.iter().copied()).collect();
    bits.chunks(4)
        .map(|digit| format!("{:x}", digit.iter().fold(0, |value, bit| value << 1 | u8::from(*bit))))
        .collect()
}

#[test]
fn generator_and_parity_equal_independent_vectors() {
    for vector in vectors() {
        let code = vector.code();
        assert_eq!(digits(code.generator()), vector.generator);
        assert_eq!(code.parity_bits(), vector.parity_bits);
        let bytes = vector.data_bytes;
        let counting: Vec<u8> = (0..bytes).map(|index| (index * 7 + 3) as u8).collect();
        assert_eq!(hexadecimal(&code.parity(&counting)), vector.counting, "t={}", vector.strength);
        assert_eq!(hexadecimal(&code.parity(&vec![0; bytes])), vector.zeros);
        assert_eq!(hexadecimal(&code.parity(&vec![255; bytes])), vector.ones);
    }
}

#[test]
fn circuits_have_as_many_parity_bits_as_the_vectors_say() {
    for vector in vectors() {
        let code = BchCode::new(vector.field_bits as usize, vector.polynomial, vector.strength, vector.data_bytes)
            .expect("legal");
        assert_eq!(code.parity_bits(), vector.parity_bits);
    }
}

#[test]
fn the_golden_decoder_corrects_up_to_its_strength() {
    let mut random = random(1);
    for vector in vectors() {
        let code = vector.code();
        let data: Vec<u8> = (0..vector.data_bytes).map(|index| (index * 7 + 3) as u8).collect();
        let codeword = code.encode(&data);
        for errors in [0, 1, vector.strength] {
            let mut received = codeword.clone();
            for place in places(&mut random, 8 * codeword.len(), errors) {
                flip(&mut received, place);
            }
            assert_eq!(code.decode(&received), Decoded::Corrected { codeword: codeword.clone(), bits: errors });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_the_golden_decoder_calls_correct_is_a_codeword_as_near_as_it_says(
        data in proptest::collection::vec(any::<u8>(), 20..=20),
        errors in proptest::collection::vec(0_usize..180, 0..8),
    ) {
        let code = Bch::new(8, 0x11d, 3, 8);
        let codeword = code.encode(&data);
        let mut received = codeword.clone();
        errors.iter().for_each(|place| flip(&mut received, *place));
        let distance = |other: &[u8]| other.iter().zip(&received).map(|(a, b)| (a ^ b).count_ones() as usize).sum::<usize>();
        match code.decode(&received) {
            Decoded::Corrected { codeword: found, bits } => {
                prop_assert_eq!(code.encode(&found[..20]), found.clone());
                prop_assert_eq!(distance(&found), bits);
                prop_assert!(bits <= 3);
            }
            Decoded::Uncorrectable => prop_assert!(distance(&codeword) > 3),
        }
    }
}
