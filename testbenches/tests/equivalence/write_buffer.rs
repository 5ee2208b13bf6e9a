//! The write buffer: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::drivers::{below, free, pulse};
use hardpath_rtl::flash_controller::write_buffer::{PageStore, ParityStore, RecordBuilder, RecordChecksum};
use hardpath_testbenches::cosimulation::{Driver, Sequence};
use rand::Rng;

/// A number that counts up to `limit` and begins anew.
fn count(name: &str, limit: u64) -> Box<dyn Driver> {
    Box::new(Sequence::new(name, move |cycle, _| vec![cycle % limit]))
}

#[test]
fn record_checksums() {
    lockstep(
        "record-checksum",
        RecordChecksum::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word_valid", |block| &mut block.word_valid)
                .input("word", |block| &mut block.word)
                .input("word_first", |block| &mut block.word_first)
                .input("load", |block| &mut block.load)
                .input("seed", |block| &mut block.seed)
        },
        |_| {
            vec![
                pulse("word_valid", 2),
                free("word", 0.9),
                pulse("word_first", 9),
                pulse("load", 20),
                free("seed", 0.5),
            ]
        },
        2000,
    );
}

#[test]
fn record_builders() {
    lockstep(
        "record-builder",
        RecordBuilder::new(16).unwrap(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word_valid", |block| &mut block.word_valid)
                .input("word", |block| &mut block.word)
                .input("word_first", |block| &mut block.word_first)
                .input("record_ends", |block| &mut block.record_ends)
                .input("logical_page", |block| &mut block.logical_page)
                .input("sequence_number", |block| &mut block.sequence_number)
                .input("members", |block| &mut block.members)
                .input("parity_lane", |block| &mut block.parity_lane)
                .input("half", |block| &mut block.half)
                .input("group", |block| &mut block.group)
                .input("filler", |block| &mut block.filler)
                .input("parity", |block| &mut block.parity)
                .input("begins_half", |block| &mut block.begins_half)
        },
        |_| {
            vec![
                pulse("word_valid", 2),
                free("word", 0.9),
                pulse("word_first", 16),
                pulse("record_ends", 17),
                free("logical_page", 0.5),
                free("sequence_number", 0.1),
                free("members", 0.1),
                free("parity_lane", 0.1),
                free("half", 0.5),
                free("group", 0.1),
                pulse("filler", 5),
                pulse("parity", 5),
                pulse("begins_half", 4),
            ]
        },
        3000,
    );
}

#[test]
fn parity_stores() {
    lockstep(
        "parity-store",
        ParityStore::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("add", |block| &mut block.add)
                .input("word", |block| &mut block.word)
                .input("buffer", |block| &mut block.buffer)
                .input("place", |block| &mut block.place)
                .input("replaces", |block| &mut block.replaces)
                .input("read_buffer", |block| &mut block.read_buffer)
                .input("read_place", |block| &mut block.read_place)
        },
        |_| {
            // Places count, so that none is written while it is read.
            vec![
                pulse("add", 2),
                free("word", 0.9),
                Box::new(Sequence::new("buffer", |cycle, _| vec![cycle / 64 % 2])),
                count("place", 16),
                Box::new(Sequence::new("replaces", |cycle, _| vec![u64::from(cycle % 64 < 16)])),
                Box::new(Sequence::new("read_buffer", |cycle, _| vec![1 - cycle / 64 % 2])),
                Box::new(Sequence::new("read_place", |cycle, _| vec![(cycle + 8) % 16])),
            ]
        },
        3000,
    );
}

#[test]
fn page_stores() {
    lockstep(
        "page-store",
        PageStore::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("write", |block| &mut block.write)
                .input("write_buffer", |block| &mut block.write_buffer)
                .input("write_slot", |block| &mut block.write_slot)
                .input("write_half", |block| &mut block.write_half)
                .input("write_place", |block| &mut block.write_place)
                .input("write_begins_half", |block| &mut block.write_begins_half)
                .input("write_word", |block| &mut block.write_word)
                .input("header_write", |block| &mut block.header_write)
                .input("header_buffer", |block| &mut block.header_buffer)
                .input("header_slot", |block| &mut block.header_slot)
                .input("header_word", |block| &mut block.header_word)
                .input("read_buffer", |block| &mut block.read_buffer)
                .input("read_slot", |block| &mut block.read_slot)
                .input("read_place", |block| &mut block.read_place)
        },
        |_| {
            let phase = |name: &str, read: bool| -> Box<dyn Driver> {
                Box::new(Sequence::new(name, move |cycle, _| vec![(cycle / 128 + u64::from(read)) % 2]))
            };
            vec![
                pulse("write", 2),
                phase("write_buffer", false),
                below("write_slot", 18),
                below("write_half", 2),
                count("write_place", 7),
                pulse("write_begins_half", 3),
                free("write_word", 0.9),
                pulse("header_write", 8),
                phase("header_buffer", false),
                below("header_slot", 20),
                free("header_word", 0.9),
                phase("read_buffer", true),
                below("read_slot", 20),
                Box::new(Sequence::new("read_place", |_, random| {
                    vec![if random.random_range(0..8) == 0 { 256 } else { random.random_range(0..7) }]
                })),
            ]
        },
        3000,
    );
}
