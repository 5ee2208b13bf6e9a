//! Every timing mode: identifiers, features, and pages there and back at the shortest legal times.

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::models::nand::parameter_page::{PARAMETER_PAGE_BYTES, PARAMETER_PAGE_COPIES};
use hardpath_sim::models::nand::{FlashKind, Interface, NandLane, Parameter, TimingMode, status};

const IDLE_STATUS: u8 = status::READY | status::ARRAY_READY | status::NOT_PROTECTED;

fn modes() -> impl Iterator<Item = (Interface, u8)> {
    [Interface::Sdr, Interface::NvDdr].into_iter().flat_map(|interface| (0..6).map(move |number| (interface, number)))
}

#[test]
fn pages_are_written_and_read_in_every_mode_at_its_shortest_times() {
    for (interface, number) in modes() {
        let mut bus = Bus::in_mode(small(FlashKind::Slc), interface, number);
        assert_eq!(bus.lane.mode(0), TimingMode::new(interface, number));
        let data = pattern(usize::from(number), 528);
        assert_eq!(bus.program(page(1, 1, 2, 0), &data), IDLE_STATUS, "{interface:?} {number}");
        assert_eq!(bus.read_page(page(1, 1, 2, 0), 0, 528), data, "{interface:?} {number}");
        assert_eq!(bus.read_page(page(1, 1, 2, 0), 500, 28), data[500..], "{interface:?} {number}");
        assert_eq!(bus.read_page(page(1, 1, 2, 1), 0, 528), [0xFF; 528], "never programmed");
        assert_eq!(bus.erase(page(1, 1, 2, 0)), IDLE_STATUS);
        assert_eq!(bus.read_page(page(1, 1, 2, 0), 0, 4), [0xFF; 4], "erased");
        bus.expect_quiet();
    }
}

#[test]
fn identifier_parameter_page_and_features_are_read_in_every_mode() {
    for (interface, number) in modes() {
        let mut bus = Bus::in_mode(small(FlashKind::Mlc), interface, number);
        bus.command(0x90);
        bus.addresses(&[0x00]);
        assert_eq!(bus.read_short(5), [0x2C, 0x88, 0x04, 0x4B, 0xA9]);
        bus.command(0x90);
        bus.addresses(&[0x20]);
        assert_eq!(bus.read_short(4), *b"ONFI");
        bus.command(0xEC);
        bus.addresses(&[0x00]);
        bus.wait_ready();
        let table = bus.read(PARAMETER_PAGE_BYTES * PARAMETER_PAGE_COPIES);
        assert_eq!(&table[..4], b"ONFI");
        bus.command(0xEE);
        bus.addresses(&[0x01]);
        bus.wait_ready();
        let mode = TimingMode::new(interface, number).expect("a mode");
        assert_eq!(bus.read_short(4), [mode.feature(), 0, 0, 0]);
        bus.command(0xEF);
        bus.addresses(&[0x10]);
        bus.write_short(&[2, 0, 0, 1]);
        bus.wait_ready();
        bus.command(0xEE);
        bus.addresses(&[0x10]);
        bus.wait_ready();
        assert_eq!(bus.read_short(4), [2, 0, 0, 1]);
        bus.expect_quiet();
    }
}

#[test]
fn both_bytes_of_a_status_agree_while_it_changes() {
    for later in 0..4 {
        let mut chip = small(FlashKind::Slc);
        chip.flash.read.typical_nanoseconds += 8 * later;
        let mut bus = Bus::in_mode(chip, Interface::NvDdr, 3);
        bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
        bus.run(600);
        bus.command(0x70);
        let read = bus.read_short(200);
        assert_eq!([read[0] & status::READY, read[199] & status::READY], [0, status::READY]);
        bus.expect_quiet();
    }
}

#[test]
fn resets_leave_or_keep_the_interface() {
    let mut bus = Bus::in_mode(small(FlashKind::Slc), Interface::NvDdr, 3);
    bus.command(0xFC);
    bus.wait_ready();
    assert_eq!(bus.lane.mode(0), TimingMode::new(Interface::NvDdr, 3));
    bus.command(0xFF);
    assert_eq!(bus.lane.mode(0), Some(TimingMode::POWER_UP));
    bus.deselect();
    bus.adopt(TimingMode::POWER_UP);
    bus.select(0);
    bus.wait_ready();
    assert_eq!(bus.status(), IDLE_STATUS);
    bus.expect_quiet();
}

#[test]
fn ready_falls_and_array_times_run_at_their_stated_cycles() {
    let mut bus = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 5);
    let (busy, clock) = (bus.cycles(Parameter::Wb), 7_500);
    let hold = bus.cycles(Parameter::Wh);
    bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
    // The command ends `hold` cycles after WE# rose.
    for _ in hold..busy {
        bus.step();
        assert!(bus.ready());
    }
    let mut low = 0;
    bus.step();
    while !bus.ready() {
        low += 1;
        bus.step();
    }
    assert_eq!(low, 6_000_000_u64.div_ceil(clock));
}

#[test]
fn skipping_to_the_next_event_changes_nothing() {
    let mut stepped = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 4);
    let mut skipped = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 4);
    let data = pattern(3, 528);
    for bus in [&mut stepped, &mut skipped] {
        bus.load_program(0x80, page(0, 0, 0, 0), 0, &data, 0x10);
    }
    let end = stepped.lane.cycle() + 5_000;
    let mut edges = Vec::new();
    while stepped.lane.cycle() < end {
        let before = stepped.ready();
        stepped.step();
        if stepped.ready() != before {
            edges.push(stepped.lane.cycle());
        }
    }
    let mut visits = 0;
    let mut skipped_edges = Vec::new();
    while skipped.lane.cycle() < end {
        let left = end - skipped.lane.cycle();
        skipped.lane.skip(left);
        if skipped.lane.cycle() < end {
            let before = skipped.ready();
            skipped.step();
            visits += 1;
            if skipped.ready() != before {
                skipped_edges.push(skipped.lane.cycle());
            }
        }
    }
    assert_eq!(edges.len(), 2);
    assert_eq!(skipped_edges, edges);
    assert!(visits < 10, "{visits} cycles visited");
    assert_eq!(array_of(&stepped.lane), array_of(&skipped.lane));
}

fn array_of(lane: &NandLane) -> Vec<u8> {
    let mut contents = Vec::new();
    lane.save(&mut contents).expect("memory takes all");
    contents
}
