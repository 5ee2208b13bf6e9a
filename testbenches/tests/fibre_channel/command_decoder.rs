//! Commands are decoded as independent encoders write them, and only those are fast that hardware can carry out.

use hardpath_rtl::fibre_channel::target::CommandDecoder;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    block: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    name: String,
    bytes: String,
    writes: bool,
    address: String,
    blocks: u32,
    protected: bool,
}

/// What the decoder says.
#[derive(Debug, PartialEq, Eq)]
struct Decoded {
    is_fast: bool,
    is_write: bool,
    block: u64,
    blocks: u64,
    /// FCP_DL less what the command asks for.
    residual: i64,
}

/// The payload of an FCP_CMND.
fn payload(descriptor: &[u8], is_write: bool, data_length: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[11] = if is_write { 1 } else { 2 };
    bytes[12..12 + descriptor.len()].copy_from_slice(descriptor);
    bytes[28..].copy_from_slice(&data_length.to_be_bytes());
    bytes
}

fn decode(payload: &[u8; 32], capacity: u64) -> Decoded {
    let mut bench = Bench::new(CommandDecoder::default());
    bench.set("capacity", capacity);
    for word in payload.chunks(4) {
        bench.set("valid", 1);
        bench.set("word", u64::from(u32::from_be_bytes(word.try_into().expect("four bytes"))));
        bench.settle();
        bench.clock();
    }
    bench.set("valid", 0);
    for _ in 0..3 {
        bench.settle();
        bench.clock();
    }
    bench.settle();
    let residual = bench.get("residual") as i64;
    Decoded {
        is_fast: bench.get("is_fast") == 1,
        is_write: bench.get("is_write") == 1,
        block: bench.get("block"),
        blocks: bench.get("blocks"),
        residual: match (bench.get("is_under"), bench.get("is_over")) {
            (0, 0) => 0,
            (1, 0) => residual,
            (0, 1) => -residual,
            _ => panic!("both under and over"),
        },
    }
}

#[test]
fn commands_of_an_independent_encoder_are_decoded() {
    let file: File = toml::from_str(include_str!("../../vectors/command_blocks.toml")).expect("readable blocks");
    assert!(file.block.len() >= 10);
    for Block { name, bytes, writes, address, blocks, protected } in file.block {
        let descriptor: Vec<u8> = (0..bytes.len() / 2)
            .map(|place| u8::from_str_radix(&bytes[2 * place..2 * place + 2], 16).expect("a byte"))
            .collect();
        let address = u64::from_str_radix(&address, 16).expect("an address");
        let payload = payload(&descriptor, writes, blocks * 512);
        let got = decode(&payload, 1 << 34);
        assert_eq!(got.is_fast, !protected && address < 1 << 34, "{name}");
        if got.is_fast {
            let expected =
                Decoded { is_fast: true, is_write: writes, block: address, blocks: u64::from(blocks), residual: 0 };
            assert_eq!(got, expected, "{name}");
            assert!(!decode(&payload, address + u64::from(blocks) - 1).is_fast, "{name} past the end");
            assert!(decode(&payload, address + u64::from(blocks)).is_fast, "{name} up to the end");
        }
    }
}

/// READ(16) or WRITE(16).
fn sixteen(is_write: bool, block: u64, blocks: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0] = if is_write { 0x8A } else { 0x88 };
    bytes[2..10].copy_from_slice(&block.to_be_bytes());
    bytes[10..14].copy_from_slice(&blocks.to_be_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ranges_and_data_lengths_are_compared(
        is_write: bool,
        block in prop_oneof![0..2000_u64, Just(u64::MAX), Just(1 << 35), any::<u64>()],
        blocks in prop_oneof![0..2000_u32, Just(65_535), Just(65_536), any::<u32>()],
        data_length in prop_oneof![any::<u32>(), (0..2000_u32).prop_map(|blocks| blocks * 512), Just(0)],
        capacity in prop_oneof![0..4000_u64, Just((1 << 35) - 1)],
    ) {
        let got = decode(&payload(&sixteen(is_write, block, blocks), is_write, data_length), capacity);
        let exists = u128::from(block) + u128::from(blocks) <= u128::from(capacity);
        let asked = u64::from(blocks) * 512;
        let data_length = u64::from(data_length);
        let whole = data_length >= asked || (data_length > 0 && data_length % 512 == 0);
        let is_fast = exists && (1..=65_535).contains(&blocks) && whole;
        prop_assert_eq!(got.is_fast, is_fast);
        if is_fast {
            let moved = asked.min(data_length) / 512;
            let residual = data_length as i64 - asked as i64;
            prop_assert_eq!(got, Decoded { is_fast, is_write, block, blocks: moved, residual });
        }
    }

    #[test]
    fn any_other_bit_that_is_set_makes_a_command_the_processors(bit in prop_oneof![0..96_usize, 104..224_usize]) {
        // Of READ(16), blocks 4..8: everything before FCP_DL but the operation code, the command reference number, the
        // attribute, DPO, FUA and the address and length themselves.
        let mut payload = payload(&sixteen(false, 4, 4), false, 2048);
        payload[bit / 8] ^= 0x80 >> (bit % 8);
        let ignored = [8, 9, 12 + 14].contains(&(bit / 8)) || [12 * 8 + 8 + 3, 12 * 8 + 8 + 4, 12 * 8 + 8 + 6].contains(&bit);
        let got = decode(&payload, 1000);
        let changes_range = (14..26).contains(&(bit / 8));
        if !changes_range {
            prop_assert_eq!(got.is_fast, ignored, "byte {} bit {}", bit / 8, 7 - bit % 8);
        }
    }
}
