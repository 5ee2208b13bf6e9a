//! Lookup tables against plain arithmetic and maps.

use std::collections::{HashMap, VecDeque};

use hardpath_rtl::flash_controller::tables::{
    BlockState, BlockTable, MemberSelect, PageLocation, PageMap, PageMapArbiter, PageOperationKind, PlaneHealth,
    StripeState, StripeTable, TableBlockRam, TableMemorySource, ValidCounts,
};
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;

use crate::bench::{random, settle, value};

/// The memory behind a table's port: answers in order after `latency` cycles or more, accepts in some cycles.
struct Memory {
    words: HashMap<u64, u64>,
    answers: VecDeque<(usize, u64)>,
    latency: usize,
    readiness: f64,
    cycle: usize,
}

impl Memory {
    fn new(latency: usize, readiness: f64) -> Self {
        Self { words: HashMap::new(), answers: VecDeque::new(), latency, readiness, cycle: 0 }
    }

    fn drive<const A: usize, const D: usize>(&mut self, port: &mut TableMemorySource<A, D>, random: &mut StdRng) {
        port.read_ready.next = random.random_bool(self.readiness);
        port.write_ready.next = random.random_bool(self.readiness);
        let due = self.answers.front().is_some_and(|(due, _)| *due <= self.cycle);
        port.response_valid.next = due;
        let junk = random.random::<u64>() & ((1 << D.min(32)) - 1);
        let answer = if due { self.answers.pop_front().map(|(_, word)| word) } else { None };
        port.response_data.next = answer.unwrap_or(junk).into();
    }

    fn observe<const A: usize, const D: usize>(&mut self, port: &TableMemorySource<A, D>) {
        if port.read_valid.val() && port.read_ready.val() {
            let word = self.words.get(&value(port.read_address.val())).copied().unwrap_or(0);
            self.answers.push_back((self.cycle + self.latency, word));
        }
        if port.write_valid.val() && port.write_ready.val() {
            self.words.insert(value(port.write_address.val()), value(port.write_data.val()));
        }
        self.cycle += 1;
    }
}

/// Runs operations on a few pages; returns the cycle of the last acceptance and the fewest cycles to a result.
fn page_map(
    pages: u64,
    latency: usize,
    (readiness, eagerness): (f64, f64),
    changes_under_way: usize,
) -> (usize, usize) {
    const COUNT: usize = 300;
    let mut random = random(pages ^ latency as u64);
    let mut circuit = PageMap::<5, 12>::new(changes_under_way).expect("legal");
    circuit.connect_all();
    let mut memory = Memory::new(latency, readiness);
    let mut entries: HashMap<u64, u64> = HashMap::new();
    let mut due = VecDeque::new();
    let mut offered = None;
    let (mut accepted, mut answered, mut last, mut shortest) = (0, 0, 0, usize::MAX);
    for cycle in 0.. {
        assert!(cycle < 100 * COUNT, "{answered} of {COUNT} operations were answered");
        if offered.is_none() && accepted < COUNT && random.random_bool(eagerness) {
            let page = random.random_range(0..pages);
            let expected = match random.random_bool(0.7) {
                true => entries.get(&page).copied().unwrap_or(0),
                false => random.random_range(0..4096),
            };
            offered = Some((random.random_range(0..3), page, expected, random.random_range(0..4096_u64)));
        }
        circuit.operations.valid.next = offered.is_some();
        if let Some((kind, page, expected, location)) = offered {
            circuit.operations.kind.next =
                [PageOperationKind::Lookup, PageOperationKind::Write, PageOperationKind::Move][kind];
            circuit.operations.tag.next = (accepted as u64 & 255).into();
            circuit.requester.next = (accepted as u64 & 3).into();
            circuit.operations.page.next = page.into();
            circuit.operations.expected.next = expected.into();
            circuit.operations.location.next = location.into();
        }
        memory.drive(&mut circuit.memory, &mut random);
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        memory.observe(&circuit.memory);
        if circuit.results.valid.val() {
            let (at, tag, found, applied, location) = due.pop_front().expect("a result too many");
            assert_eq!(value(circuit.results.tag.val()), tag & 255);
            assert_eq!(value(circuit.result_requester.val()), tag & 3);
            assert_eq!((value(circuit.results.found.val()), circuit.results.applied.val()), (found, applied), "{tag}");
            assert_eq!(circuit.changes.added.val(), applied && location & 1 == 1);
            assert_eq!(circuit.changes.removed.val(), applied && found & 1 == 1);
            assert!(!circuit.changes.added.val() || value(circuit.changes.added_location.val()) == location);
            assert!(!circuit.changes.removed.val() || value(circuit.changes.removed_location.val()) == found);
            shortest = shortest.min(cycle - at);
            answered += 1;
        }
        if let Some((kind, page, expected, location)) = offered
            && circuit.operations.ready.val()
        {
            let found = entries.get(&page).copied().unwrap_or(0);
            let applied = kind == 1 || kind == 2 && found == expected;
            if applied {
                entries.insert(page, location);
            }
            due.push_back((cycle, accepted as u64, found, applied, location));
            accepted += 1;
            offered = None;
            last = cycle;
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
        if answered == COUNT && cycle > last + 40 * latency.max(10) {
            break;
        }
    }
    for page in 0..pages {
        assert_eq!(memory.words.get(&page).copied().unwrap_or(0), entries.get(&page).copied().unwrap_or(0));
    }
    (last, shortest)
}

#[test]
fn page_map_takes_effect_in_the_order_of_acceptance_whatever_the_memory_does() {
    for (pages, latency, shares, changes) in [
        (1, 1, (1.0, 1.0), 10),
        (2, 2, (0.5, 1.0), 10),
        (4, 9, (1.0, 0.8), 4),
        (32, 35, (0.7, 1.0), 16),
        (3, 20, (0.2, 0.5), 2),
    ] {
        page_map(pages, latency, shares, changes);
    }
}

#[test]
fn page_map_takes_an_operation_a_cycle_of_one_page_with_block_ram() {
    assert_eq!(page_map(1, 2, (1.0, 1.0), 10), (299, 7));
}

#[test]
fn page_map_refuses_limits_out_of_range() {
    for value in [0, 1, 17] {
        let error = PageMap::<5, 12>::new(value).map(drop).expect_err("out of range").to_string();
        assert!(error.contains(&value.to_string()) && error.contains("2..=16"), "{error}");
    }
}

#[test]
fn table_block_ram_answers_two_cycles_later() {
    let mut random = random(5);
    let mut circuit = TableBlockRam::<3, 12>::default();
    circuit.connect_all();
    let mut words = [0_u64; 8];
    let mut due = vec![None; 2];
    for _ in 0..200 {
        let read = random.random_bool(0.7).then(|| random.random_range(0..8_u64));
        let write = random.random_bool(0.7).then(|| (random.random_range(0..8_u64), random.random_range(0..4096_u64)));
        let write = write.filter(|(address, _)| Some(*address) != read);
        circuit.table.read_valid.next = read.is_some();
        circuit.table.read_address.next = read.unwrap_or(1).into();
        circuit.table.write_valid.next = write.is_some();
        circuit.table.write_address.next = write.map_or(2, |write| write.0).into();
        circuit.table.write_data.next = write.map_or(9, |write| write.1).into();
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        assert!(circuit.table.read_ready.val() && circuit.table.write_ready.val());
        let expected: Option<u64> = due.remove(0);
        assert_eq!(circuit.table.response_valid.val(), expected.is_some());
        assert!(expected.is_none_or(|word| word == value(circuit.table.response_data.val())));
        due.push(read.map(|address| words[address as usize]));
        if let Some((address, word)) = write {
            words[address as usize] = word;
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
}

#[test]
fn arbiter_serves_all_in_turn_and_one_alone_every_cycle() {
    for asking in [[true, false, false, false], [false, false, true, false], [true; 4], [true, false, true, true]] {
        let mut circuit = PageMapArbiter::<5, 12>::default();
        circuit.connect_all();
        let mut served = vec![];
        for cycle in 0..44 {
            circuit.operations.ready.next = cycle % 11 != 3;
            circuit.paused.next = cycle % 11 == 7;
            for (requester, asks) in asking.iter().enumerate() {
                circuit.requests[requester].valid.next = *asks;
                circuit.requests[requester].tag.next = requester.to_bits();
            }
            circuit.results.valid.next = cycle % 2 == 0;
            circuit.result_requester.next = (cycle / 2 % 4).to_bits();
            settle(&mut circuit, |circuit| &mut circuit.clock, false);
            let ready: Vec<usize> =
                (0..4).filter(|&number| asking[number] && circuit.requests[number].ready.val()).collect();
            assert!(ready.len() <= 1, "one at a time");
            served.extend(ready);
            if circuit.operations.valid.val() {
                assert_eq!(value(circuit.operations.tag.val()), value(circuit.requester.val()));
            }
            for requester in 0..4 {
                let answered = cycle % 2 == 1 && cycle / 2 % 4 == requester;
                assert_eq!(circuit.answers[requester].valid.val(), answered, "cycle {cycle}");
            }
            settle(&mut circuit, |circuit| &mut circuit.clock, true);
        }
        // 8 of 44 cycles are lost to back-pressure and pauses, at most 2 to find who asks first.
        assert!(served.len() >= 34, "{asking:?}: {served:?}");
        let count = asking.iter().filter(|asks| **asks).count();
        for window in served.windows(count).skip(1) {
            assert!((0..4).filter(|&number| asking[number]).all(|number| window.contains(&number)), "{served:?}");
        }
    }
}

#[test]
fn valid_counts_follow_any_changes_and_are_cleared() {
    let mut random = random(9);
    let mut circuit = ValidCounts::<12, 4, 6>::new(2);
    circuit.connect_all();
    let mut counts = [0_i64; 16];
    let mut due = VecDeque::new();
    let mut answers = 0;
    for cycle in 0..3000 {
        // Few counters, so that changes meet; phases without a gap, phases without changes.
        let busy = cycle % 300 < 200;
        let added = (busy && random.random_bool(0.8)).then(|| random.random_range(0..4096_u64));
        let removed = (busy && random.random_bool(0.8)).then(|| random.random_range(0..4096_u64));
        let removed = removed.filter(|location| counts[(location >> 8) as usize] > 0);
        let added = added.filter(|location| counts[(location >> 8) as usize] < 60);
        circuit.changes.added.next = added.is_some();
        circuit.changes.added_location.next = added.unwrap_or(7).into();
        circuit.changes.removed.next = removed.is_some();
        circuit.changes.removed_location.next = removed.unwrap_or(7).into();
        let asks = random.random_bool(0.5);
        let (index, clear) = (random.random_range(0..16_usize), random.random_bool(0.2));
        circuit.firmware.valid.next = asks;
        circuit.firmware.index.next = index.to_bits();
        circuit.firmware.clear.next = clear;
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        assert_eq!(circuit.firmware.ready.val(), added.is_none() && removed.is_none());
        if circuit.firmware.answer_valid.val() {
            let (at, count) = due.pop_front().expect("an answer too many");
            assert_eq!((cycle - at, value(circuit.firmware.answer_count.val()) as i64), (4, count));
            answers += 1;
        }
        if let Some(location) = added {
            counts[(location >> 8) as usize] += 1;
        }
        if let Some(location) = removed {
            counts[(location >> 8) as usize] -= 1;
        }
        if asks && added.is_none() && removed.is_none() {
            due.push_back((cycle, counts[index]));
            if clear {
                counts[index] = 0;
            }
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
    assert!(answers > 500, "{answers}");
}

#[test]
fn members_are_healthy_lanes_with_a_block_and_parity_rotates_over_them() {
    let mut random = random(11);
    let mut circuit = MemberSelect::<9>::default();
    circuit.connect_all();
    for _ in 0..400 {
        let failed = random.random::<u64>() & random.random::<u64>() & random.random::<u64>() & 1023;
        let erased = (random.random::<u64>() | random.random::<u64>()) & 1023;
        let open = random.random::<u64>() & !erased & 1023;
        let (stripe, first) = (random.random_range(0..512_u64), random.random_bool(0.6));
        circuit.start.next = true;
        circuit.stripe.next = stripe.into();
        circuit.first_of_block.next = first;
        circuit.failed.next = failed.into();
        circuit.erased.next = erased.into();
        circuit.open.next = open.into();
        let mut cycles = 0;
        loop {
            settle(&mut circuit, |circuit| &mut circuit.clock, false);
            assert_eq!(circuit.busy.val(), cycles > 0 && !circuit.done.val());
            if circuit.done.val() {
                break;
            }
            settle(&mut circuit, |circuit| &mut circuit.clock, true);
            // Whatever stands there while it is busy is not looked at.
            circuit.failed.next = (random.random::<u64>() & 1023).into();
            circuit.stripe.next = (random.random::<u64>() & 511).into();
            circuit.start.next = false;
            cycles += 1;
        }
        let mask = if first { erased } else { open } & !failed;
        let lanes: Vec<u64> = (0..10).filter(|lane| mask >> lane & 1 == 1).collect();
        assert_eq!(value(circuit.members.val()), mask);
        assert_eq!(value(circuit.width.val()), lanes.len() as u64);
        assert_eq!(circuit.refused.val(), lanes.len() < 3, "{mask:010b}");
        if lanes.len() < 3 {
            assert_eq!(cycles, 12);
        } else {
            assert_eq!(value(circuit.parity_lane.val()), lanes[(stripe % lanes.len() as u64) as usize]);
            assert!((9 + 12..=9 + 21).contains(&cycles), "{cycles}");
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
}

#[test]
fn plane_health_shows_what_was_written() {
    let mut random = random(13);
    let mut circuit = PlaneHealth::default();
    circuit.connect_all();
    let mut masks = [0_u64; 32];
    let mut due = vec![(0, 0); 2];
    for _ in 0..300 {
        let (asked, firmware) = (random.random_range(0..32_u64), random.random_range(0..32_u64));
        let write = (asked != firmware && random.random_bool(0.5)).then(|| random.random_range(0..1024_u64));
        circuit.plane.next = asked.into();
        circuit.firmware_plane.next = firmware.into();
        circuit.firmware_write.next = write.is_some();
        circuit.firmware_mask.next = write.unwrap_or(5).into();
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        let (shown, firmware_shown) = due.remove(0);
        assert_eq!(value(circuit.failed.val()), shown);
        assert!(firmware_shown == u64::MAX || value(circuit.firmware_failed.val()) == firmware_shown);
        let collides = write.is_some();
        due.push((masks[asked as usize], if collides { u64::MAX } else { masks[firmware as usize] }));
        if let Some(mask) = write {
            masks[firmware as usize] = mask;
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
}

#[test]
fn block_table_shows_rows_and_keeps_states_and_erase_counts() {
    let mut random = random(17);
    let mut circuit = BlockTable::<4, 8>::default();
    circuit.connect_all();
    let mut memory = Memory::new(3, 0.6);
    let mut blocks = HashMap::new();
    let states = [BlockState::Bad, BlockState::Erased, BlockState::Open, BlockState::Full];
    let mut request: Option<(bool, u64, u64, BlockState, u64)> = None;
    let mut waiting = None;
    let mut answers = 0;
    let mut rows = vec![None; 2];
    for _ in 0..4000 {
        let row = random.random_range(0..16_u64);
        if request.is_none() && random.random_bool(0.5) {
            request = Some((
                random.random_bool(0.6),
                random.random_range(0..16),
                random.random_range(0..10),
                states[random.random_range(0..4)],
                random.random_range(0..1 << 20),
            ));
        }
        circuit.row.next = row.into();
        circuit.firmware.valid.next = request.is_some();
        if let Some((write, row, lane, state, count)) = request {
            circuit.firmware.write.next = write;
            circuit.firmware.row.next = row.into();
            circuit.firmware.lane.next = lane.into();
            circuit.firmware.state.next = state;
            circuit.firmware.erase_count.next = count.into();
        }
        memory.drive(&mut circuit.erase_counts, &mut random);
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        memory.observe(&circuit.erase_counts);
        let shown: Option<(u64, u64)> = rows.remove(0);
        if let Some(shown) = shown {
            assert_eq!((value(circuit.erased.val()), value(circuit.open.val())), shown);
        }
        if circuit.firmware.answer_valid.val() {
            let (read, row, lane) = waiting.take().expect("an answer too many");
            let (state, count) = *blocks.get(&(row, lane)).unwrap_or(&(BlockState::Bad, 0));
            if read {
                assert_eq!(circuit.firmware.answer_state.val(), state);
                assert_eq!(value(circuit.firmware.answer_erase_count.val()), count);
            }
            answers += 1;
        }
        let mask = |wanted| {
            (0..10_u64)
                .filter(|lane| blocks.get(&(row, *lane)).is_some_and(|(state, _)| *state == wanted))
                .fold(0, |mask, lane| mask | 1 << lane)
        };
        let masks = (mask(BlockState::Erased), mask(BlockState::Open));
        let mut collides = false;
        if circuit.firmware.ready.val()
            && let Some((write, written, lane, state, count)) = request.take()
        {
            waiting = Some((!write, written, lane));
            if write {
                collides = written == row;
                blocks.insert((written, lane), (state, count));
            }
        }
        rows.push((!collides).then_some(masks));
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
    assert!(answers > 200, "{answers}");
}

/// State, sequence number, members and parity lane of a stripe.
type StripeEntry = (StripeState, u64, u64, u64);

#[test]
fn stripe_table_gives_address_and_entry_of_a_location() {
    const PAGE_BITS: usize = 2;
    let mut random = random(19);
    let mut circuit = StripeTable::<10, 16>::new(PAGE_BITS);
    circuit.connect_all();
    let mut memory = Memory::new(4, 0.7);
    let states = [StripeState::Free, StripeState::Open, StripeState::Closed, StripeState::Retired];
    let mut entries: HashMap<u64, StripeEntry> = HashMap::new();
    let mut due = VecDeque::new();
    let mut firmware: Option<(bool, u64, StripeEntry)> = None;
    let mut lookup: Option<(u64, PageLocation)> = None;
    let mut results = [0; 2];
    for _ in 0..4000 {
        if firmware.is_none() && random.random_bool(0.2) {
            let entry = (
                states[random.random_range(0..4)],
                random.random_range(0..1 << 32),
                random.random_range(0..1024),
                random.random_range(0..10),
            );
            firmware = Some((random.random_bool(0.6), random.random_range(0..1024), entry));
        }
        if lookup.is_none() && random.random_bool(0.8) {
            let location = PageLocation {
                group: random.random_range(0..2),
                stripe: random.random_range(0..512),
                lane: random.random_range(0..10),
                half: random.random_range(0..2),
            };
            lookup = Some((random.random_range(0..256), location));
        }
        circuit.firmware.valid.next = firmware.is_some();
        if let Some((write, stripe, (state, sequence, members, parity_lane))) = firmware {
            circuit.firmware.write.next = write;
            circuit.firmware.stripe.next = stripe.into();
            circuit.firmware.state.next = state;
            circuit.firmware.sequence.next = sequence.into();
            circuit.firmware.members.next = members.into();
            circuit.firmware.parity_lane.next = parity_lane.into();
        }
        circuit.lookups.valid.next = lookup.is_some();
        if let Some((tag, location)) = lookup {
            circuit.lookups.tag.next = tag.into();
            circuit.lookups.location.next = location.to_word(16).into();
        }
        memory.drive(&mut circuit.memory, &mut random);
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        memory.observe(&circuit.memory);
        let shown = [circuit.found_valid.val(), circuit.firmware.answer_valid.val()];
        if shown.contains(&true) {
            let (expected, entry): (Option<(u64, PageLocation)>, _) = due.pop_front().expect("a result too many");
            assert_eq!(shown, [expected.is_some(), expected.is_none()]);
            results[usize::from(shown[1])] += 1;
            let found = (
                circuit.found_state.val(),
                value(circuit.found_sequence.val()),
                value(circuit.found_members.val()),
                value(circuit.found_parity_lane.val()),
            );
            assert_eq!(found, entry);
            if let Some((tag, location)) = expected {
                assert_eq!(value(circuit.found_tag.val()), tag);
                assert_eq!(value(circuit.found_chip.val()), u64::from(location.group));
                assert_eq!(value(circuit.found_lane.val()), u64::from(location.lane));
                assert_eq!(value(circuit.found_half.val()), u64::from(location.half));
                let stripe = u64::from(location.stripe);
                assert_eq!(value(circuit.found_page.val()), stripe % 4);
                assert_eq!(value(circuit.found_plane.val()), stripe / 4 % 2);
                assert_eq!(value(circuit.found_die.val()), stripe / 8 % 8);
                assert_eq!(value(circuit.found_block.val()), stripe / 64);
            }
        }
        let entry = |stripe: u64| *entries.get(&stripe).unwrap_or(&(StripeState::Free, 0, 0, 0));
        if let Some((tag, location)) = lookup
            && circuit.lookups.ready.val()
        {
            let stripe = u64::from(location.group) << 9 | u64::from(location.stripe);
            due.push_back((Some((tag, location)), entry(stripe)));
            lookup = None;
        }
        if let Some((write, stripe, written)) = firmware
            && circuit.firmware.ready.val()
        {
            match write {
                true => _ = entries.insert(stripe, written),
                false => due.push_back((None, entry(stripe))),
            }
            firmware = None;
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
    assert!(results[0] > 500 && results[1] > 100, "{results:?}");
}

#[test]
fn words_read_back() {
    for (group, stripe, lane, half) in [(0, 0, 0, 0), (1, 1023, 9, 1), (1, 0, 3, 0), (0, 512, 8, 1)] {
        let location = PageLocation { group, stripe, lane, half };
        assert_eq!(PageLocation::from_word(location.to_word(17), 17), Some(location));
    }
    assert_eq!(PageLocation::from_word(PageLocation::UNMAPPED, 17), None);
    let location = PageLocation { group: 1, stripe: 5, lane: 9, half: 1 };
    assert_eq!(location.to_word(17), 0x1_0000 | 5 << 6 | 9 << 2 | 3);
}

#[test]
#[should_panic(expected = "stripes have 10 bits")]
fn a_stripe_beyond_the_word_is_refused() {
    PageLocation { group: 0, stripe: 1024, lane: 0, half: 0 }.to_word(17);
}
