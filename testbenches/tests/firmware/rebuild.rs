//! Tables made from headers.

use hardpath_sim::firmware::{
    Layout, RecordHeader, RecordKind, RecordPlace, RowAddress, RowState, StripeLocation, rebuild,
};

#[test]
fn the_highest_sequence_then_slot_is_the_newest_copy() {
    let layout = Layout { groups: 2, dies: 2, blocks: 4, pages: 4 };
    let header = |block, sequence, slot, kind| {
        let row = RowAddress { group: 1, die: 0, block };
        let place = RecordPlace { stripe: StripeLocation { row, plane: 0, page: 2 }, lane: slot / 2, half: slot % 2 };
        RecordHeader { place, logical_page: 7, sequence, slot, members: 0x3FF, kind }
    };
    let newest = header(2, 9, 4, RecordKind::Data);
    let mut headers = vec![
        header(2, 9, 3, RecordKind::Data),
        newest,
        header(1, 8, 17, RecordKind::Data),
        header(2, 9, 19, RecordKind::Parity),
    ];
    for _ in 0..headers.len() {
        headers.rotate_left(1);
        let tables = rebuild(&layout, headers.clone());
        assert_eq!(tables.map.get(&7), Some(&newest.place));
        assert_eq!(tables.next_sequence, 10);
        let valid: u32 = tables.rows.iter().map(|row| row.valid).sum();
        let full = &tables.rows[layout.index(newest.place.stripe.row)];
        assert_eq!((valid, full.valid, full.state), (1, 1, RowState::Closed));
    }
}
