//! Every command of the set, at the pins.

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::models::nand::{FlashKind, Interface, PageAddress, Parameter, TimingMode, status};

const IDLE_STATUS: u8 = status::READY | status::ARRAY_READY | status::NOT_PROTECTED;

fn fast() -> Bus {
    Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 5)
}

fn next(address: PageAddress, pages: u32) -> PageAddress {
    PageAddress { page: address.page + pages, ..address }
}

#[test]
fn columns_change_while_reading_and_writing() {
    let mut bus = fast();
    bus.command(0x80);
    let address = bus.full_address(page(0, 0, 0, 0), 4);
    bus.addresses(&address);
    bus.write(&[1, 2, 3]);
    bus.command(0x85);
    bus.addresses(&[0x00, 0x02]);
    bus.write(&[7, 8]);
    bus.command(0x10);
    bus.wait_ready();
    let mut expected = vec![0xFF; 528];
    expected[4..7].copy_from_slice(&[1, 2, 3]);
    expected[512..514].copy_from_slice(&[7, 8]);
    assert_eq!(bus.read_page(page(0, 0, 0, 0), 0, 528), expected);
    bus.change_column(512);
    assert_eq!(bus.read(2), [7, 8]);
    bus.change_column(5);
    assert_eq!(bus.read(1), [2]);
    bus.expect_quiet();
}

#[test]
fn the_parameter_page_is_read_from_a_column() {
    let mut bus = fast();
    bus.command(0xEC);
    bus.addresses(&[0]);
    bus.wait_ready();
    let all = bus.read(768);
    bus.change_column(256);
    assert_eq!(bus.read(4), *b"ONFI");
    assert_eq!(all[..256], all[256..512]);
    assert_eq!(all[..256], all[512..]);
    bus.expect_quiet();
}

#[test]
fn status_goes_back_to_data_by_00h() {
    let mut bus = fast();
    let data = pattern(1, 528);
    bus.program(page(2, 0, 1, 0), &data);
    bus.begin_read(page(2, 0, 1, 0), 100, 0x30);
    while bus.status() & status::READY == 0 {}
    bus.command(0x00);
    assert_eq!(bus.read(8), data[100..108]);
    bus.expect_quiet();
}

#[test]
fn two_planes_are_programmed_read_and_erased_together() {
    for second in [0x80, 0x81] {
        let mut bus = fast();
        let (left, right) = (page(1, 0, 1, 0), page(1, 1, 2, 0));
        let (left_data, right_data) = (pattern(5, 528), pattern(6, 528));
        bus.load_program(0x80, left, 0, &left_data, 0x11);
        bus.wait_ready();
        bus.load_program(second, right, 0, &right_data, 0x10);
        let together = bus.wait_ready();
        assert!(together <= 20_000_000_u64.div_ceil(7_500), "one program time for both planes: {together}");
        assert_eq!(bus.status(), IDLE_STATUS);
        bus.begin_read(left, 0, 0x32);
        bus.wait_ready();
        bus.begin_read(right, 0, 0x30);
        bus.wait_ready();
        bus.change_plane(left, 0);
        assert_eq!(bus.read(528), left_data);
        bus.change_plane(right, 8);
        assert_eq!(bus.read(520), right_data[8..]);
        bus.begin_erase(left, 0xD1);
        bus.wait_ready();
        bus.begin_erase(right, 0xD0);
        bus.wait_ready();
        assert_eq!(bus.read_page(left, 0, 8), [0xFF; 8]);
        assert_eq!(bus.read_page(right, 0, 8), [0xFF; 8]);
        bus.expect_quiet();
    }
}

#[test]
fn cached_programs_overlap_the_array_with_the_bus() {
    let mut bus = fast();
    let start = page(0, 0, 0, 0);
    let data: Vec<Vec<u8>> = (0..4).map(|index| pattern(index, 528)).collect();
    for index in 0..3 {
        bus.load_program(0x80, next(start, index), 0, &data[index as usize], 0x15);
        bus.wait_ready();
        let bits = bus.status();
        assert_eq!(bits & status::READY, status::READY);
        assert_eq!(bits & status::ARRAY_READY, 0, "the array works on");
    }
    bus.load_program(0x80, next(start, 3), 0, &data[3], 0x10);
    bus.wait_ready();
    assert_eq!(bus.status(), IDLE_STATUS);
    for index in 0..4 {
        assert_eq!(bus.read_page(next(start, index), 0, 528), data[index as usize]);
    }
    bus.expect_quiet();
}

#[test]
fn cached_reads_hand_out_a_page_while_the_next_is_sensed() {
    let mut bus = fast();
    let start = page(0, 1, 0, 0);
    let data: Vec<Vec<u8>> = (0..4).map(|index| pattern(index + 9, 528)).collect();
    for index in 0..4 {
        bus.program(next(start, index), &data[index as usize]);
    }
    bus.begin_read(start, 0, 0x30);
    bus.wait_ready();
    for expected in &data[..3] {
        bus.command(0x31);
        bus.wait_ready();
        assert_eq!(bus.status() & (status::READY | status::ARRAY_READY), status::READY);
        bus.command(0x00);
        assert_eq!(bus.read(528), *expected);
    }
    bus.command(0x3F);
    bus.wait_ready();
    assert_eq!(bus.read(528), data[3]);
    // To a page of choice.
    bus.begin_read(start, 0, 0x30);
    bus.wait_ready();
    bus.begin_read(next(start, 2), 0, 0x31);
    bus.wait_ready();
    assert_eq!(bus.read(528), data[0]);
    bus.command(0x3F);
    bus.wait_ready();
    assert_eq!(bus.read(528), data[2]);
    bus.expect_quiet();
}

#[test]
fn luns_work_at_the_same_time_and_ready_waits_for_all() {
    let mut bus = fast();
    let data = [pattern(1, 528), pattern(2, 528), pattern(3, 528)];
    for (lun, data) in data.iter().enumerate() {
        bus.load_program(0x80, page(lun as u32, 0, 0, 0), 0, data, 0x10);
        bus.run(bus.cycles(Parameter::Wb));
    }
    assert_eq!(bus.status_enhanced(page(2, 0, 0, 0)) & status::READY, 0);
    assert!(!bus.ready());
    for lun in 0..3 {
        assert_eq!(bus.poll(page(lun, 0, 0, 0), true), IDLE_STATUS);
    }
    bus.wait_ready();
    for lun in [0, 1, 2] {
        bus.begin_read(page(lun, 0, 0, 0), 0, 0x30);
        bus.run(bus.cycles(Parameter::Wb));
    }
    for lun in [2, 0, 1] {
        bus.poll(page(lun, 0, 0, 0), false);
        bus.change_plane(page(lun, 0, 0, 0), 0);
        assert_eq!(bus.read(528), data[lun as usize]);
    }
    bus.expect_quiet();
}

#[test]
fn status_of_a_lun_selects_it_with_its_own_column() {
    let mut bus = fast();
    let addresses = [page(0, 0, 0, 0), page(2, 1, 0, 0)];
    let data = [pattern(4, 528), pattern(5, 528)];
    for (address, data) in addresses.iter().zip(&data) {
        bus.program(*address, data);
    }
    for (address, column) in addresses.into_iter().zip([16, 400]) {
        bus.begin_read(address, column, 0x30);
        bus.run(bus.cycles(Parameter::Wb));
    }
    bus.wait_ready();
    bus.status_enhanced(addresses[0]);
    bus.command(0x00);
    assert_eq!(bus.read(4), data[0][16..20]);
    bus.status_enhanced(addresses[1]);
    bus.command(0x00);
    assert_eq!(bus.read(4), data[1][400..404]);
    bus.expect_quiet();
}

#[test]
fn chips_of_a_lane_are_independent() {
    let mut bus = fast();
    bus.program(page(0, 0, 0, 0), &[1, 2, 3, 4]);
    bus.deselect();
    let slow = bus.timing.mode();
    bus.adopt(TimingMode::POWER_UP);
    bus.chip = 1;
    bus.start(Interface::Sdr, 5);
    assert_eq!(bus.read_page(page(0, 0, 0, 0), 0, 4), [0xFF; 4]);
    bus.program(page(0, 0, 0, 0), &[9, 8]);
    bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
    bus.run(bus.cycles(Parameter::Wb) + 2);
    assert_eq!(bus.seen.ready_busy_n & 0b11, 0b01);
    bus.deselect();
    bus.adopt(slow);
    bus.select(0);
    assert_eq!(bus.read_page(page(0, 0, 0, 0), 0, 4), [1, 2, 3, 4]);
    bus.deselect();
    bus.run(2_000);
    bus.select(1);
    assert_eq!(bus.read(2), [9, 8]);
    bus.expect_quiet();
}

#[test]
fn a_reset_ends_what_runs_and_leaves_it_half_done() {
    let mut bus = fast();
    let data = vec![0; 528];
    bus.load_program(0x80, page(0, 0, 0, 0), 0, &data, 0x10);
    bus.run(1_300);
    bus.command(0xFF);
    let low = bus.wait_ready();
    bus.adopt(TimingMode::POWER_UP);
    assert!(low < 2_000, "{low} cycles");
    let found = bus.read_page(page(0, 0, 0, 0), 0, 528);
    let zeros: u32 = found.iter().map(|byte| byte.count_zeros()).sum();
    assert!((1_000..3_200).contains(&zeros), "about half of 4,224 cells are programmed, not {zeros}");
    bus.expect_quiet();
}

#[test]
fn partial_programs_of_a_page_add_up_on_slc() {
    let mut bus = fast();
    let address = page(0, 0, 0, 0);
    for part in 0..4 {
        bus.load_program(0x80, address, part * 100, &[part as u8; 50], 0x10);
        bus.wait_ready();
    }
    let found = bus.read_page(address, 0, 528);
    for part in 0..4 {
        assert_eq!(found[part * 100..part * 100 + 50], [part as u8; 50]);
        assert_eq!(found[part * 100 + 50..part * 100 + 100], [0xFF; 50]);
    }
    bus.expect_quiet();
}
