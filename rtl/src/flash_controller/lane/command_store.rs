//! What the queued commands of a lane say.

use rust_hdl::prelude::*;

use super::lane_config::LaneConfig;
use crate::circuit::{circuit_info, no_collision};

/// Keeps four commands for each of 16 dies and makes the address bytes of the one that is played.
///
/// A row address is, from its lowest bit, page, plane, block, die; the widths of page and block are parameters.
///
/// - Latency: 2 cycles from `slot` to the command's fields.
/// - Throughput: 1 command per cycle, in and out.
/// - Back-pressure: none; the scheduler says when and where a command is written.
/// - Limits: 64 commands. A slot must not be written while it is read.
#[derive(LogicBlock)]
pub struct CommandStore {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The command at the inputs is kept.
    pub write: Signal<In, Bit>,
    /// Where: die and place in its queue.
    pub write_slot: Signal<In, Bits<6>>,
    /// The command works on both planes.
    pub write_dual: Signal<In, Bit>,
    /// Plane of a command that works on one.
    pub write_plane: Signal<In, Bit>,
    /// Block of the plane.
    pub write_block: Signal<In, Bits<12>>,
    /// Page of the block.
    pub write_page: Signal<In, Bits<8>>,
    /// First byte of the page.
    pub write_column: Signal<In, Bits<14>>,
    /// Bytes to transfer.
    pub write_length: Signal<In, Bits<14>>,
    /// The sender's tag.
    pub write_tag: Signal<In, Bits<8>>,
    /// The command to be shown.
    pub slot: Signal<In, Bits<6>>,
    /// Of a command that works on both planes, the second is addressed.
    pub second_plane: Signal<In, Bit>,
    /// Page of the block.
    pub page: Signal<Out, Bits<8>>,
    /// First byte of the page.
    pub column: Signal<Out, Bits<14>>,
    /// Bytes to transfer.
    pub length: Signal<Out, Bits<14>>,
    /// The sender's tag.
    pub tag: Signal<Out, Bits<8>>,
    /// Row address of page, plane, block and die.
    pub row: Signal<Out, Bits<24>>,

    /// Place of the plane in the row address.
    plane_shift: Constant<Bits<5>>,
    /// Place of the block in the row address.
    block_shift: Constant<Bits<5>>,
    /// Place of the die in the row address.
    die_shift: Constant<Bits<5>>,

    /// Length and column of each command.
    spans: RAM<Bits<28>, 6>,
    /// Dual, plane, tag, page and block of each command.
    places: RAM<Bits<30>, 6>,
    span: DFF<Bits<28>>,
    place: DFF<Bits<30>>,
    row_address: DFF<Bits<24>>,

    plane: Signal<Local, Bits<1>>,
    placed_plane: Signal<Local, Bits<24>>,
    placed_block: Signal<Local, Bits<24>>,
    placed_die: Signal<Local, Bits<24>>,
    dual_bit: Signal<Local, Bits<30>>,
    plane_bit: Signal<Local, Bits<30>>,
}

impl CommandStore {
    /// The store of a lane with this address layout.
    pub fn new(config: &LaneConfig) -> Self {
        let (page_bits, block_bits) = (u64::from(config.page_bits), u64::from(config.block_bits));
        Self {
            clock: Default::default(),
            write: Default::default(),
            write_slot: Default::default(),
            write_dual: Default::default(),
            write_plane: Default::default(),
            write_block: Default::default(),
            write_page: Default::default(),
            write_column: Default::default(),
            write_length: Default::default(),
            write_tag: Default::default(),
            slot: Default::default(),
            second_plane: Default::default(),
            page: Default::default(),
            column: Default::default(),
            length: Default::default(),
            tag: Default::default(),
            row: Default::default(),
            plane_shift: Constant::new(page_bits.into()),
            block_shift: Constant::new((page_bits + 1).into()),
            die_shift: Constant::new((page_bits + 1 + block_bits).into()),
            spans: Default::default(),
            places: Default::default(),
            span: Default::default(),
            place: Default::default(),
            row_address: Default::default(),
            plane: Default::default(),
            placed_plane: Default::default(),
            placed_block: Default::default(),
            placed_die: Default::default(),
            dual_bit: Default::default(),
            plane_bit: Default::default(),
        }
    }
}

impl Logic for CommandStore {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, span, place, row_address);
        self.spans.read_clock.next = self.clock.val();
        self.spans.write_clock.next = self.clock.val();
        self.places.read_clock.next = self.clock.val();
        self.places.write_clock.next = self.clock.val();

        self.dual_bit.next = bits::<30>(0);
        if self.write_dual.val() {
            self.dual_bit.next = bits::<30>(0x2000_0000);
        }
        self.plane_bit.next = bits::<30>(0);
        if self.write_plane.val() {
            self.plane_bit.next = bits::<30>(0x1000_0000);
        }
        self.spans.write_address.next = self.write_slot.val();
        self.spans.write_enable.next = self.write.val();
        self.spans.write_data.next =
            bit_cast::<28, 14>(self.write_column.val()) | (bit_cast::<28, 14>(self.write_length.val()) << 14);
        self.places.write_address.next = self.write_slot.val();
        self.places.write_enable.next = self.write.val();
        self.places.write_data.next = bit_cast::<30, 12>(self.write_block.val())
            | (bit_cast::<30, 8>(self.write_page.val()) << 12)
            | (bit_cast::<30, 8>(self.write_tag.val()) << 20)
            | self.plane_bit.val()
            | self.dual_bit.val();

        self.spans.read_address.next = self.slot.val();
        self.places.read_address.next = self.slot.val();
        self.span.d.next = self.spans.read_data.val();
        self.place.d.next = self.places.read_data.val();

        self.plane.next = bits::<1>(0);
        if self.place.q.val().get_bit(29) {
            if self.second_plane.val() {
                self.plane.next = bits::<1>(1);
            }
        } else {
            if self.place.q.val().get_bit(28) {
                self.plane.next = bits::<1>(1);
            }
        }
        self.placed_plane.next = bit_cast::<24, 1>(self.plane.val()) << self.plane_shift.val();
        self.placed_block.next = bit_cast::<24, 12>(self.place.q.val().get_bits::<12>(0)) << self.block_shift.val();
        self.placed_die.next = bit_cast::<24, 3>(self.slot.val().get_bits::<3>(2)) << self.die_shift.val();
        self.row_address.d.next = bit_cast::<24, 8>(self.place.q.val().get_bits::<8>(12))
            | self.placed_plane.val()
            | self.placed_block.val()
            | self.placed_die.val();

        self.page.next = self.place.q.val().get_bits::<8>(12);
        self.tag.next = self.place.q.val().get_bits::<8>(20);
        self.column.next = self.span.q.val().get_bits::<14>(0);
        self.length.next = self.span.q.val().get_bits::<14>(14);
        self.row.next = self.row_address.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[
            ("plane_shift", self.plane_shift.val().into()),
            ("block_shift", self.block_shift.val().into()),
            ("die_shift", self.die_shift.val().into()),
        ]);
        // The scheduler hands a slot out for playing when it is filled, and fills it again when the command is done.
        info.push(no_collision(&["spans", "places"]));
        info
    }
}
