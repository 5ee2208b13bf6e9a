//! The blocks that join the write buffer, one by one.

use std::collections::VecDeque;

use hardpath_rtl::flash_controller::write_buffer::{
    HitDirectory, LaneDrainer, PageMapUpdater, PageReader, PageSelector, ProgramTracker, ReadScheduler, StripeGatherer,
    StripeRegister, WriteBuffer, WriteBufferError,
};
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{random, settle, value};

/// Steps a block once; what is looked at lies between the settling and the clock's edge.
macro_rules! cycle {
    ($block:ident) => {
        cycle!($block, ())
    };
    ($block:ident, $look:expr) => {{
        settle(&mut $block, |block| &mut block.clock, false);
        let seen = $look;
        settle(&mut $block, |block| &mut block.clock, true);
        seen
    }};
}

#[test]
fn page_lengths_out_of_range_are_refused() {
    for value in [0, 15, 257] {
        let error = Some(WriteBufferError::PageWords { value });
        assert_eq!(WriteBuffer::new(value).err(), error);
        assert_eq!(StripeGatherer::new(value).err(), error);
        assert_eq!(LaneDrainer::new(value).err(), error);
        assert_eq!(PageReader::new(value).err(), error);
    }
}

#[test]
fn slots_go_to_the_data_lanes_in_ascending_order() {
    let mut register = StripeRegister::default();
    register.connect_all();
    let mut random = random(1);
    for _ in 0..50 {
        let members = loop {
            let members = random.random_range(0..0x400_u64);
            if members.count_ones() >= 3 {
                break members;
            }
        };
        let lanes: Vec<usize> = (0..10).filter(|lane| members >> lane & 1 == 1).collect();
        let parity = lanes[random.random_range(0..lanes.len())];
        register.load.next = true;
        register.load_members.next = members.into();
        register.load_parity_lane.next = parity.to_bits();
        register.load_sequence_number.next = 0x77_u64.into();
        register.load_plane.next = 1_u64.into();
        cycle!(register);
        register.load.next = false;
        for _ in 0..12 {
            cycle!(register);
        }
        settle(&mut register, |block| &mut block.clock, false);
        let data = lanes.iter().copied().filter(|&lane| lane != parity);
        assert_eq!(value(register.data_lanes.val()), members & !(1 << parity));
        assert_eq!(value(register.data_slots.val()), 2 * (lanes.len() as u64 - 1));
        for (index, lane) in data.enumerate() {
            assert_eq!(value(register.lane_slot[lane].val()), 2 * index as u64);
        }
        assert_eq!(value(register.lane_slot[parity].val()), 18);
        assert_eq!((value(register.tag.val()), value(register.planes.val())), (0xF7, 2));
    }
}

#[test]
fn the_newest_copy_of_a_page_is_found() {
    let mut directory = HitDirectory::default();
    directory.connect_all();
    let mut random = random(2);
    let mut entries: Vec<(u64, u64, u64)> = vec![];
    let mut next = [0_u64; 2];
    for _ in 0..300 {
        let buffer = random.random_range(0..2_usize);
        if next[buffer] == 18 {
            directory.clear.next = (1_u64 << buffer).into();
            cycle!(directory);
            directory.clear.next = 0_u64.into();
            entries.retain(|entry| entry.1 != buffer as u64);
            next[buffer] = 0;
        }
        let page = random.random_range(0..20_u64) << 14;
        directory.insert.next = true;
        directory.insert_page.next = page.into();
        directory.insert_buffer.next = buffer.to_bits();
        directory.insert_slot.next = next[buffer].into();
        cycle!(directory);
        directory.insert.next = false;
        entries.retain(|entry| entry.0 != page);
        entries.push((page, buffer as u64, next[buffer]));
        next[buffer] += 1;
        for _ in 0..7 {
            cycle!(directory);
        }
        let sought = random.random_range(0..20_u64) << 14;
        let expected = entries.iter().find(|entry| entry.0 == sought);
        directory.lookup.next = true;
        directory.lookup_page.next = sought.into();
        directory.check_page.next = sought.into();
        cycle!(directory);
        directory.lookup.next = false;
        for _ in 0..3 {
            assert!(!cycle!(directory, directory.result_valid.val()));
        }
        settle(&mut directory, |block| &mut block.clock, false);
        assert!(directory.result_valid.val());
        assert_eq!(directory.hit.val(), expected.is_some());
        assert_eq!(directory.check_found.val(), expected.is_some());
        if let Some(&(_, buffer, slot)) = expected {
            assert_eq!((value(directory.hit_buffer.val()), value(directory.hit_slot.val())), (buffer, slot));
        }
    }
}

#[test]
fn every_lane_has_its_turn_in_eleven_cycles() {
    let mut scheduler = ReadScheduler::default();
    scheduler.connect_all();
    for lane in 0..10 {
        scheduler.lane_wants[lane].next = true;
        scheduler.lane_address[lane].next = (100 + lane).to_bits();
    }
    scheduler.reader_wants.next = true;
    scheduler.reader_address.next = 7_u64.into();
    let mut granted = VecDeque::new();
    let mut counts = [0; 11];
    for number in 0..220 {
        settle(&mut scheduler, |block| &mut block.clock, false);
        let mut lanes = (0..10).filter(|&lane| scheduler.lane_granted[lane].val());
        let turn = lanes.next().unwrap_or(10);
        assert_eq!(lanes.next(), None);
        assert_eq!(scheduler.reader_granted.val(), turn == 10);
        counts[turn] += 1;
        granted.push_front(turn);
        if number >= 1 {
            let address = if granted[1] == 10 { 7 } else { 100 + granted[1] as u64 };
            assert_eq!(value(scheduler.address.val()), address);
        }
        for lane in 0..10 {
            assert_eq!(scheduler.lane_arrives[lane].val(), number >= 4 && granted[4] == lane);
        }
        assert_eq!(scheduler.reader_arrives.val(), number >= 4 && granted[4] == 10);
        settle(&mut scheduler, |block| &mut block.clock, true);
    }
    assert_eq!(counts, [20; 11]);
}

#[test]
fn a_part_is_free_when_lanes_map_and_readers_are_done_with_it() {
    let mut tracker = ProgramTracker::default();
    tracker.connect_all();
    tracker.members.next = 0b111_u64.into();
    tracker.opened.next = true;
    assert!(cycle!(tracker, tracker.free.val()));
    tracker.opened.next = false;
    assert!(!cycle!(tracker, tracker.free.val()));
    tracker.closed.next = true;
    cycle!(tracker);
    tracker.closed.next = false;
    tracker.hold.next = true;
    cycle!(tracker);
    tracker.hold.next = false;
    for drained in [0b101_u64, 0, 0] {
        tracker.drained.next = drained.into();
        assert!(cycle!(tracker, tracker.leaving.val() && !tracker.updating.val()));
    }
    tracker.drained.next = 0b010_u64.into();
    cycle!(tracker);
    tracker.drained.next = 0_u64.into();
    cycle!(tracker);
    assert!(cycle!(tracker, tracker.updating.val() && tracker.outstanding.val()));
    tracker.walked.next = true;
    cycle!(tracker);
    tracker.walked.next = false;
    assert!(cycle!(tracker, tracker.clear.val() && !tracker.outstanding.val()));
    for _ in 0..30 {
        assert!(!cycle!(tracker, tracker.free.val() | tracker.clear.val()));
    }
    tracker.unhold.next = true;
    cycle!(tracker);
    tracker.unhold.next = false;
    assert!((0..5).any(|_| cycle!(tracker, tracker.free.val())));
}

#[test]
fn updates_come_in_the_order_of_arrival_without_fillers() {
    let mut updater = PageMapUpdater::default();
    updater.connect_all();
    let lanes = [1_u64, 4, 5];
    updater.data_lanes.next = 0b11_0010_u64.into();
    updater.group.next = 1_u64.into();
    updater.stripe.next = 0xABCDEF_u64.into();
    updater.buffer.next = 1_u64.into();
    for slot in 0..6_u64 {
        updater.note.next = true;
        updater.note_buffer.next = 1_u64.into();
        updater.note_slot.next = slot.into();
        updater.note_page.next = (0x8000_0000 + slot).into();
        updater.note_tag.next = (0x80 + slot).into();
        updater.note_moved.next = slot == 2;
        updater.note_filler.next = slot >= 4;
        cycle!(updater);
    }
    updater.note.next = false;
    updater.start.next = true;
    let mut random = random(3);
    let mut seen = vec![];
    while !cycle!(updater, updater.finished.val()) {
        updater.update_port.ready.next = random.random();
        settle(&mut updater, |block| &mut block.clock, false);
        let port = &updater.update_port;
        if port.valid.val() && port.ready.val() {
            assert_eq!((value(port.group.val()), value(port.stripe.val())), (1, 0xABCDEF));
            seen.push((
                value(port.logical_page.val()) - 0x8000_0000,
                value(port.tag.val()) - 0x80,
                port.moved.val(),
                value(port.lane.val()),
                value(port.half.val()),
            ));
        }
        settle(&mut updater, |block| &mut block.clock, true);
        updater.update_port.ready.next = false;
    }
    let expected: Vec<_> = (0..4_u64).map(|slot| (slot, slot, slot == 2, lanes[slot as usize / 2], slot % 2)).collect();
    assert_eq!(seen, expected);
}

#[test]
fn host_and_mover_take_turns() {
    let mut selector = PageSelector::default();
    selector.connect_all();
    selector.host.valid.next = true;
    selector.mover.valid.next = true;
    selector.host_data.data.next = 1_u64.into();
    selector.mover_data.data.next = 2_u64.into();
    selector.data_ready.next = true;
    let mut taken = vec![];
    while taken.len() < 6 {
        selector.take.next = false;
        settle(&mut selector, |block| &mut block.clock, false);
        let (offer, moved) = (selector.offer.val(), selector.offer_moved.val());
        selector.take.next = offer;
        cycle!(selector);
        if offer {
            selector.take.next = false;
            settle(&mut selector, |block| &mut block.clock, false);
            assert_eq!((selector.mover_data.ready.val(), selector.host_data.ready.val()), (moved, !moved));
            assert!(selector.data.val() == if moved { 2_u64 } else { 1 });
            taken.push(moved);
        }
    }
    assert_eq!(taken, [false, true, false, true, false, true]);
}

/// Runs a drainer over a memory in which each word is made of its address, and returns commands and bytes.
fn drain(drainer: &mut LaneDrainer, full: u64, cycles: usize) -> (Vec<u64>, Vec<(u8, bool)>, u64) {
    let (mut tags, mut bytes, mut drained) = (vec![], vec![], 0);
    let mut under_way = VecDeque::from([None; 4]);
    drainer.full.next = full.into();
    drainer.command.ready.next = true;
    drainer.bytes.ready.next = true;
    for number in 0..cycles {
        let arrives: Option<u64> = under_way.pop_back().flatten();
        drainer.arrives.next = arrives.is_some();
        let word: Bits<128> = arrives.unwrap_or(0).into();
        drainer.word.next = word | (word << 112_u64);
        drainer.granted.next = false;
        settle(drainer, |block| &mut block.clock, false);
        let granted = drainer.wants.val() && number % 11 == 0;
        drainer.granted.next = granted;
        under_way.push_front(granted.then(|| value(drainer.read_address.val())));
        settle(drainer, |block| &mut block.clock, false);
        if drainer.command.valid.val() {
            tags.push(value(drainer.command.tag.val()));
        }
        if drainer.bytes.valid.val() {
            bytes.push((value(drainer.bytes.data.val()) as u8, drainer.bytes.last.val()));
        }
        drained |= value(drainer.drained.val());
        settle(drainer, |block| &mut block.clock, true);
        drainer.start.next = 0_u64.into();
    }
    (tags, bytes, drained)
}

#[test]
fn a_lane_gets_one_command_for_a_pair_and_both_pages() {
    let mut drainer = LaneDrainer::new(16).unwrap();
    drainer.connect_all();
    drainer.older.next = 1_u64.into();
    for part in 0..2 {
        drainer.slot[part].next = (2 + 4 * part).to_bits();
        drainer.chip[part].next = 1_u64.into();
        drainer.die[part].next = 3_u64.into();
        drainer.tag[part].next = (0xC0 + part).to_bits();
    }
    drainer.pair_second[0].next = true;
    drainer.start.next = 3_u64.into();
    let (tags, bytes, _) = drain(&mut drainer, 1 << 11, 100);
    assert!(tags.is_empty() && bytes.is_empty(), "the die is full");
    let (tags, bytes, drained) = drain(&mut drainer, !(1 << 11) & 0xFFFF, 1400);
    assert_eq!((tags, drained), (vec![0xC1], 3));
    let mut expected = vec![];
    for (part, slot) in [(1_u64, 6_u64), (0, 2)] {
        for half in 0..2 {
            for place in (0..16).chain([256]) {
                let address = (part << 14) | ((slot + half) << 9) | place;
                let mut word = [0; 16];
                word[..8].copy_from_slice(&address.to_le_bytes());
                word[14..].copy_from_slice(&(address as u16).to_le_bytes());
                expected.extend(word.map(|byte| (byte, false)));
            }
        }
        expected.last_mut().unwrap().1 = true;
    }
    assert_eq!(bytes, expected);
}
