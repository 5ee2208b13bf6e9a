//! Blocks of a flash lane: order of finished reads, bytes gathered and captured, address bytes, and the pins of a reset.

use std::collections::VecDeque;

use hardpath_rtl::flash_controller::lane::{
    CommandStore, FinishedReads, LaneConfig, LaneOperation, NandSequencer, ProgramFeeder, ReadCapture,
};
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{Sender, random, settle, value};

#[test]
fn finished_reads_leave_in_the_order_of_their_arrival() {
    let mut queue = FinishedReads::default();
    queue.connect_all();
    let mut random = random(1);
    let mut inside = VecDeque::new();
    let mut left = 0;
    for _ in 0..2000 {
        let slot = random.random_range(0..64_u64);
        let push = inside.len() < 16 && random.random_bool(0.3);
        queue.push.next = push;
        queue.push_slot.next = slot.into();
        queue.take.next = false;
        settle(&mut queue, |queue| &mut queue.clock, false);
        if queue.valid.val() && random.random_bool(0.4) {
            assert_eq!(Some(value(queue.slot.val())), inside.pop_front());
            queue.take.next = true;
            left += 1;
            settle(&mut queue, |queue| &mut queue.clock, false);
        }
        if push {
            inside.push_back(slot);
        }
        settle(&mut queue, |queue| &mut queue.clock, true);
    }
    assert!(left > 200, "{left} reads left");
}

#[test]
fn bytes_are_gathered_singly_or_in_pairs_or_now_so_now_so() {
    for mode in 0..3 {
        let mut feeder = ProgramFeeder::default();
        feeder.connect_all();
        let mut random = random(2);
        let bytes: Vec<(u64, bool)> = (0..200).map(|_| (random.random_range(0..256), false)).collect();
        let mut sender = Sender::new(bytes.clone(), 0.8);
        let mut taken = vec![];
        for cycle in 0..1000 {
            let single = mode == 0 || (mode == 2 && cycle % 40 < 20);
            sender.drive(&mut feeder.sink, &mut random);
            feeder.single.next = single;
            feeder.take.next = false;
            settle(&mut feeder, |feeder| &mut feeder.clock, false);
            if feeder.available.val() && random.random_bool(0.7) {
                feeder.take.next = true;
                settle(&mut feeder, |feeder| &mut feeder.clock, false);
                taken.push(value(feeder.first.val()));
                if !single {
                    taken.push(value(feeder.second.val()));
                }
            }
            sender.observe(&feeder.sink);
            settle(&mut feeder, |feeder| &mut feeder.clock, true);
        }
        let sent: Vec<u64> = bytes.iter().map(|(byte, _)| *byte).collect();
        assert_eq!(taken, sent);
    }
}

/// Steps a capture and returns the bytes taken, with their end marks.
fn capture(bytes: u64, expected: u64, twice: bool, flush: bool) -> (Vec<(u64, bool)>, bool) {
    let mut capture = ReadCapture::new(&LaneConfig::default()).expect("a legal configuration");
    capture.connect_all();
    let mut taken = vec![];
    for cycle in 0..60_u64 {
        capture.fast.next = true;
        capture.synchronous.next = true;
        capture.twice.next = twice;
        capture.arm.next = cycle == 2;
        capture.length.next = expected.into();
        capture.receive.next = (4..40).contains(&cycle);
        let sent = cycle.saturating_sub(9).min(bytes);
        capture.strobe_in.next = sent & 1 == 1;
        capture.data_in.next = (0x10 + sent).into();
        capture.flush.next = flush && cycle >= 44;
        settle(&mut capture, |capture| &mut capture.clock, false);
        if capture.byte_valid.val() {
            taken.push((value(capture.byte.val()), capture.byte_last.val()));
        }
        settle(&mut capture, |capture| &mut capture.clock, true);
    }
    (taken, capture.missing.val())
}

#[test]
fn bytes_beyond_the_expected_number_and_copies_are_dropped() {
    assert_eq!(capture(6, 3, false, false), (vec![(0x11, false), (0x12, false), (0x13, true)], false));
    assert_eq!(capture(6, 3, true, true), (vec![(0x11, false), (0x13, false), (0x15, true)], false));
    assert_eq!(capture(2, 1, false, true), (vec![(0x11, true)], false));
}

#[test]
fn bytes_that_do_not_come_are_made_up_and_reported() {
    assert_eq!(capture(1, 3, false, true), (vec![(0x11, false), (0xFF, false), (0xFF, true)], true));
    assert_eq!(capture(1, 3, false, false), (vec![(0x11, false)], false));
}

#[test]
fn row_addresses_hold_page_plane_block_and_die() {
    let config = LaneConfig { page_bits: 6, block_bits: 11, ..LaneConfig::default() };
    let mut store = CommandStore::new(&config);
    store.connect_all();
    for (dual, plane, second, expected_plane) in
        [(false, false, false, 0), (false, true, false, 1), (true, false, false, 0), (true, false, true, 1)]
    {
        store.write.next = true;
        // Chip 1, die 5, place 2.
        store.write_slot.next = (13_u64 << 2 | 2).into();
        store.write_dual.next = dual;
        store.write_plane.next = plane;
        store.write_block.next = 0x5A3_u64.into();
        store.write_page.next = 0x2B_u64.into();
        store.write_tag.next = 0x99_u64.into();
        store.write_column.next = 0x1078_u64.into();
        store.write_length.next = 0x2222_u64.into();
        store.second_plane.next = second;
        store.slot.next = 0_u64.into();
        settle(&mut store, |store| &mut store.clock, false);
        settle(&mut store, |store| &mut store.clock, true);
        store.write.next = false;
        store.slot.next = (13_u64 << 2 | 2).into();
        for _ in 0..3 {
            settle(&mut store, |store| &mut store.clock, false);
            settle(&mut store, |store| &mut store.clock, true);
        }
        assert_eq!(value(store.row.val()), 5 << 18 | 0x5A3 << 7 | expected_plane << 6 | 0x2B);
        assert_eq!((value(store.column.val()), value(store.length.val())), (0x1078, 0x2222));
        assert_eq!((value(store.page.val()), value(store.tag.val())), (0x2B, 0x99));
    }
}

#[test]
fn a_reset_is_one_latched_byte_and_waits_for_the_chip() {
    let mut lane = NandSequencer::new(&LaneConfig::default()).expect("a legal configuration");
    lane.connect_all();
    let (mut taken, mut was_low, mut latched, mut done) = (false, false, vec![], None);
    for cycle in 0..400_u64 {
        lane.commands.valid.next = !taken;
        lane.commands.operation.next = LaneOperation::Reset;
        lane.commands.chip.next = 1_u64.into();
        lane.commands.tag.next = 0x42_u64.into();
        lane.commands.length.next = 1_u64.into();
        lane.pins.ready_busy_n.next = if (100..300).contains(&cycle) { 1_u64.into() } else { 3_u64.into() };
        settle(&mut lane, |lane| &mut lane.clock, false);
        taken |= lane.commands.ready.val();
        let low = !lane.pins.write_enable_n.val();
        if was_low && !low {
            assert!(lane.pins.command_latch.val() && !lane.pins.address_latch.val() && lane.pins.data_drive.val());
            assert_eq!(value(lane.pins.chip_enable_n.val()), 1, "chip 1 is selected");
            latched.push((cycle, value(lane.pins.data_out.val())));
        }
        was_low = low;
        if lane.done_valid.val() {
            assert_eq!((value(lane.done_tag.val()), lane.done_failed.val()), (0x42, false));
            assert!(done.replace(cycle).is_none(), "done twice");
        }
        settle(&mut lane, |lane| &mut lane.clock, true);
    }
    assert_eq!(latched.len(), 1, "{latched:?}");
    assert!(latched[0].1 == 0xFF && latched[0].0 < 100, "{latched:?}");
    assert!(done.is_some_and(|cycle| (300..340).contains(&cycle)), "{done:?}");
}
