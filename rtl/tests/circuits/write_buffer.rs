//! The small blocks of the write buffer: checksum, header, parity.

use hardpath_rtl::flash_controller::write_buffer::{ParityStore, RecordBuilder, WriteBufferError};
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{random, settle};

/// CRC-32 bit by bit, as facts/crc.md describes it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |register, byte| {
        (0..8).fold(register, |register, bit| {
            let feedback = (register ^ u32::from(byte >> bit)) & 1;
            (register >> 1) ^ (0xEDB8_8320 * feedback)
        })
    })
}

fn word(bytes: &[u8]) -> Bits<128> {
    (0..16).rev().fold(0_u64.into(), |word: Bits<128>, index| {
        let byte: Bits<128> = u64::from(bytes[index]).into();
        (word << 8_u64) | byte
    })
}

fn bytes(word: Bits<128>) -> Vec<u8> {
    (0..16_u64).map(|index| u64::from(bit_cast::<8, 128>(word >> (8 * index))) as u8).collect()
}

/// Steps the builder once and returns the header it shows.
fn cycle(builder: &mut RecordBuilder) -> Option<Vec<u8>> {
    settle(builder, |builder| &mut builder.clock, false);
    let header = builder.header_valid.val().then(|| bytes(builder.header.val()));
    settle(builder, |builder| &mut builder.clock, true);
    header
}

/// A record to build.
struct Page {
    data: Vec<u8>,
    logical_page: u32,
    filler: bool,
}

const SEQUENCE: u32 = 0x1234_5678;

fn fields(logical_page: u32, half: u8, kind: u8) -> Vec<u8> {
    let mut fields = logical_page.to_le_bytes().to_vec();
    fields.extend(SEQUENCE.to_le_bytes());
    fields.extend([0xb5, 0x02, 0x07 | half << 4 | 1 << 5, kind]);
    fields
}

fn end(
    builder: &mut RecordBuilder,
    half: usize,
    begins: bool,
    filler: bool,
    parity: bool,
    page: u32,
) -> Option<Vec<u8>> {
    builder.record_ends.next = true;
    builder.half.next = half.to_bits();
    builder.begins_half.next = begins;
    builder.filler.next = filler;
    builder.parity.next = parity;
    builder.logical_page.next = u64::from(page).into();
    let header = cycle(builder);
    builder.record_ends.next = false;
    header
}

/// Sends records of two halves by turns, without a pause but the cycle of each end, and then both parity ends.
fn build(pages: &[Page], words: usize) -> Vec<Vec<u8>> {
    let mut builder = RecordBuilder::new(words).expect("legal");
    builder.connect_all();
    builder.sequence_number.next = u64::from(SEQUENCE).into();
    builder.members.next = 0x2b5_u64.into();
    builder.parity_lane.next = 7_u64.into();
    builder.group.next = 1_u64.into();
    builder.word_valid.next = false;
    builder.record_ends.next = false;
    builder.word.next = 0_u64.into();
    builder.word_first.next = true;
    builder.half.next = 0_u64.into();
    builder.filler.next = false;
    builder.parity.next = false;
    builder.begins_half.next = false;
    builder.logical_page.next = 0_u64.into();
    let mut headers = vec![];
    for (slot, page) in pages.iter().enumerate() {
        for (index, data) in page.data.chunks(16).enumerate() {
            builder.word_valid.next = true;
            builder.word_first.next = index == 0;
            builder.word.next = word(data);
            headers.extend(cycle(&mut builder));
        }
        builder.word_valid.next = false;
        builder.word_first.next = true;
        headers.extend(end(&mut builder, slot % 2, slot < 2, page.filler, false, page.logical_page));
    }
    for half in 0..2 {
        for _ in 0..6 {
            headers.extend(cycle(&mut builder));
        }
        headers.extend(end(&mut builder, half, false, false, true, 99));
    }
    for _ in 0..6 {
        headers.extend(cycle(&mut builder));
    }
    headers
}

#[test]
fn headers_carry_the_fields_and_the_checksum_of_each_record() {
    let mut random = random(5);
    for (words, slots) in [(16, 4), (19, 18), (256, 2)] {
        let pages: Vec<Page> = (0..slots)
            .map(|slot| Page {
                data: (0..16 * words).map(|_| random.random()).collect(),
                logical_page: random.random(),
                filler: slot == 3,
            })
            .collect();
        let headers = build(&pages, words);
        assert_eq!(headers.len(), slots + 2);
        let mut sums = [vec![0; 16 * words + 4], vec![0; 16 * words + 4]];
        for (slot, page) in pages.iter().enumerate() {
            let number = if page.filler { u32::MAX } else { page.logical_page };
            let kind = if page.filler { 0xD3 } else { 0xD1 };
            let mut record = page.data.clone();
            record.extend(fields(number, (slot % 2) as u8, kind));
            for (sum, byte) in sums[slot % 2].iter_mut().zip(&record) {
                *sum ^= byte;
            }
            record.extend(checksum(&record).to_le_bytes());
            assert_eq!(headers[slot], record[16 * words..], "slot {slot} of {slots}, {words} words");
        }
        for (half, sum) in sums.iter().enumerate() {
            let (data, page) = sum.split_at(16 * words);
            let page = u32::from_le_bytes([page[0], page[1], page[2], page[3]]);
            let mut record = data.to_vec();
            record.extend(fields(page, half as u8, 0xD2));
            record.extend(checksum(&record).to_le_bytes());
            assert_eq!(headers[slots + half], record[16 * words..], "parity of half {half}, {words} words");
        }
    }
}

#[test]
fn the_checksum_of_these_tests_is_the_standard_one() {
    assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
}

#[test]
fn page_lengths_out_of_range_are_refused() {
    for value in [0, 15, 257] {
        assert_eq!(RecordBuilder::new(value).err(), Some(WriteBufferError::PageWords { value }));
    }
}

#[test]
fn parity_of_one_stripe_is_read_while_the_other_accumulates() {
    let mut store = ParityStore::default();
    store.connect_all();
    let mut random = random(6);
    let words = 8_usize;
    let mut sums = [[vec![0_u64; words], vec![0; words]], [vec![0; words], vec![0; words]]];
    store.read_buffer.next = 1_u64.into();
    store.read_place.next = 0_u64.into();
    for buffer in [0, 1, 0, 1] {
        for record in 0..6 {
            let (half, begins) = (record % 2, record < 2);
            for place in 0..words {
                let value: u64 = random.random();
                let sum = &mut sums[buffer][half][place];
                *sum = if begins { value } else { *sum ^ value };
                store.add.next = true;
                store.word.next = value.into();
                store.buffer.next = buffer.to_bits();
                store.place.next = (half << 8 | place).to_bits();
                store.replaces.next = begins;
                settle(&mut store, |store| &mut store.clock, false);
                settle(&mut store, |store| &mut store.clock, true);
            }
        }
        // The stripe that is done is read; the other one takes a word in each of these cycles, beside the places read.
        for (half, place) in (0..2).flat_map(|half| (0..words).map(move |place| (half, place))) {
            store.buffer.next = (1 - buffer).to_bits();
            store.place.next = 200_u64.into();
            store.read_buffer.next = buffer.to_bits();
            store.read_place.next = (half << 8 | place).to_bits();
            for _ in 0..3 {
                settle(&mut store, |store| &mut store.clock, false);
                settle(&mut store, |store| &mut store.clock, true);
            }
            settle(&mut store, |store| &mut store.clock, false);
            let read = store.read_word.val();
            {
                assert_eq!(u64::from(bit_cast::<64, 128>(read)), sums[buffer][half][place], "{buffer} {half} {place}");
            }
        }
    }
}
