//! Tables made from headers.

use hardpath_sim::firmware::{
    Firmware, Layout, PolicyParameters, RecordHeader, RecordKind, RecordPlace, RowAddress, RowState, StripeLocation,
    rebuild,
};

const LAYOUT: Layout = Layout { groups: 2, dies: 2, blocks: 4, pages: 4 };

/// A record of logical page 7 in a block of die 0 of group 1.
fn header(block: u32, sequence: u32, slot: u32, kind: RecordKind) -> RecordHeader {
    let row = RowAddress { group: 1, die: 0, block };
    let place = RecordPlace { stripe: StripeLocation { row, plane: 0, page: 2 }, lane: slot / 2, half: slot % 2 };
    RecordHeader { place, logical_page: 7, sequence, slot, members: 0x3FF, kind }
}

#[test]
fn the_highest_sequence_then_slot_is_the_newest_copy() {
    let newest = header(2, 9, 4, RecordKind::Data);
    let mut headers = vec![
        header(2, 9, 3, RecordKind::Data),
        newest,
        header(1, 8, 17, RecordKind::Data),
        header(2, 9, 19, RecordKind::Parity),
    ];
    for _ in 0..headers.len() {
        headers.rotate_left(1);
        let tables = rebuild(&LAYOUT, headers.clone(), |_, _| false);
        assert_eq!(tables.map.get(&7), Some(&newest.place));
        assert_eq!(tables.next_sequence, 10);
        let valid: u32 = tables.rows.iter().map(|row| row.valid).sum();
        let full = &tables.rows[LAYOUT.index(newest.place.stripe.row)];
        assert_eq!((valid, full.valid, full.state), (1, 1, RowState::Closed));
    }
}

#[test]
fn a_trimmed_page_is_left_out_unless_it_was_written_later() {
    let headers = [header(2, 9, 4, RecordKind::Data), header(1, 8, 17, RecordKind::Data)];
    for (trimmed_before, is_left) in [(8, true), (9, true), (10, false)] {
        let tables = rebuild(&LAYOUT, headers, |page, sequence| page == 7 && sequence < trimmed_before);
        assert_eq!(tables.map.contains_key(&7), is_left, "{trimmed_before}");
        assert_eq!(tables.rows.iter().map(|row| row.valid).sum::<u32>(), u32::from(is_left));
    }
}

#[test]
fn rows_with_a_member_on_a_lost_lane_are_to_be_evacuated_after_a_power_cut_too() {
    let parameters = PolicyParameters::of(&LAYOUT);
    let mut before = Firmware::new(LAYOUT, parameters, |row| u16::from(row.block == 3));
    before.retire_plane(1, 6, 0);
    let tables = rebuild(&LAYOUT, [header(2, 9, 4, RecordKind::Data)], |_, _| false);
    let restored = Firmware::restored(&before, tables);
    assert_eq!((restored.rows_to_evacuate(), restored.next_sequence()), (1, 10));
    let bad = |block| restored.row(RowAddress { group: 0, die: 1, block }).bad;
    assert_eq!((bad(2), bad(3)), (0, 1));
}
