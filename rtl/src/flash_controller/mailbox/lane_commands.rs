//! Registers by which firmware sends commands to lanes.

use rust_hdl::prelude::*;

use super::controller_registers::CONTROLLER_REGISTERS;
use super::register::MailboxRegister;
use crate::circuit::circuit_info;
use crate::flash_controller::lane::LaneOperation;

/// The registers `command_place`, `command_span`, `command_issue`, `lanes_fast` and `byte_lane`, and the command that they
/// describe, which stands until its lane takes it.
///
/// - Latency: a register has its value, and a command is offered, 1 cycle after the write; `data_out` is combinational.
/// - Throughput: an access per cycle; a command at a time.
/// - Back-pressure: `waits` is high until the lane takes the command; one that is issued meanwhile replaces it.
/// - Limits: 10 lanes.
#[derive(LogicBlock)]
pub struct LaneCommands {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A register is written.
    pub write: Signal<In, Bit>,
    /// Offset of the register that is written or read.
    pub address: Signal<In, Bits<12>>,
    /// What is written; meaningful while `write` is high.
    pub data_in: Signal<In, Bits<32>>,
    /// What is read; zero for an offset that is none of these.
    pub data_out: Signal<Out, Bits<32>>,
    /// A command waits for its lane.
    pub waits: Signal<Out, Bit>,
    /// A command is offered, a bit a lane.
    pub valid: Signal<Out, Bits<10>>,
    /// The lane takes it.
    pub ready: Signal<In, Bits<10>>,
    /// What is to be done.
    pub operation: Signal<Out, LaneOperation>,
    /// Its place: page in bits 7..=0, plane in 8, die in 11..=9, block in 23..=12, chip in 24.
    pub place: Signal<Out, Bits<25>>,
    /// Planes.
    pub planes: Signal<Out, Bits<2>>,
    /// First byte in bits 13..=0, bytes in 29..=16.
    pub span: Signal<Out, Bits<30>>,
    /// Its tag.
    pub tag: Signal<Out, Bits<8>>,
    /// Chips in their run mode, bit 2 x lane + chip.
    pub fast: Signal<Out, Bits<20>>,
    /// Lanes whose reads may transfer bytes, a bit a lane.
    pub transfers: Signal<Out, Bits<10>>,

    offset_of_command_place: Constant<Bits<12>>,
    offset_of_command_span: Constant<Bits<12>>,
    offset_of_command_issue: Constant<Bits<12>>,
    offset_of_lanes_fast: Constant<Bits<12>>,
    offset_of_byte_lane: Constant<Bits<12>>,
    firmware_tag: Constant<Bits<8>>,
    operation_names: Vec<Constant<LaneOperation>>,
    operation_number: Vec<Constant<Bits<3>>>,
    lane_number: Vec<Constant<Bits<4>>>,

    target: DFF<Bits<25>>,
    extent: DFF<Bits<30>>,
    shape: DFF<Bits<16>>,
    is_waiting: DFF<Bit>,
    fast_chips: DFF<Bits<20>>,
    /// The one lane that may transfer, if `one_lane` is set; else all may.
    byte_lane: DFF<Bits<4>>,
    one_lane: DFF<Bit>,

    offered: Signal<Local, Bits<10>>,
    may_transfer: Signal<Local, Bits<10>>,
}

impl Default for LaneCommands {
    fn default() -> Self {
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(CONTROLLER_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            write: Default::default(),
            address: Default::default(),
            data_in: Default::default(),
            data_out: Default::default(),
            waits: Default::default(),
            valid: Default::default(),
            ready: Default::default(),
            operation: Default::default(),
            place: Default::default(),
            planes: Default::default(),
            span: Default::default(),
            tag: Default::default(),
            fast: Default::default(),
            transfers: Default::default(),
            offset_of_command_place: offset("command_place"),
            offset_of_command_span: offset("command_span"),
            offset_of_command_issue: offset("command_issue"),
            offset_of_lanes_fast: offset("lanes_fast"),
            offset_of_byte_lane: offset("byte_lane"),
            firmware_tag: Constant::new(0xB0_u64.into()),
            operation_names: [
                LaneOperation::Read,
                LaneOperation::Program,
                LaneOperation::Erase,
                LaneOperation::ReadParameters,
                LaneOperation::ReadId,
                LaneOperation::SetFeature,
                LaneOperation::GetFeature,
                LaneOperation::Reset,
            ]
            .map(Constant::new)
            .to_vec(),
            operation_number: (0..8_usize).map(|number| Constant::new(number.to_bits())).collect(),
            lane_number: (0..10_usize).map(|number| Constant::new(number.to_bits())).collect(),
            target: Default::default(),
            extent: Default::default(),
            shape: Default::default(),
            is_waiting: Default::default(),
            fast_chips: Default::default(),
            byte_lane: Default::default(),
            one_lane: Default::default(),
            offered: Default::default(),
            may_transfer: Default::default(),
        }
    }
}

impl Logic for LaneCommands {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, target, extent, shape, is_waiting, fast_chips, byte_lane, one_lane);

        self.data_out.next = bits::<32>(0);
        if self.address.val() == self.offset_of_command_place.val() {
            self.data_out.next = bit_cast::<32, 25>(self.target.q.val());
            if self.write.val() {
                self.target.d.next = self.data_in.val().get_bits::<25>(0);
            }
        }
        if self.address.val() == self.offset_of_command_span.val() {
            self.data_out.next = bit_cast::<32, 30>(self.extent.q.val());
            if self.write.val() {
                self.extent.d.next = self.data_in.val().get_bits::<30>(0);
            }
        }
        if self.address.val() == self.offset_of_lanes_fast.val() {
            self.data_out.next = bit_cast::<32, 20>(self.fast_chips.q.val());
            if self.write.val() {
                self.fast_chips.d.next = self.data_in.val().get_bits::<20>(0);
            }
        }
        if self.address.val() == self.offset_of_byte_lane.val() {
            self.data_out.next = bit_cast::<32, 4>(self.byte_lane.q.val());
            if self.one_lane.q.val() {
                self.data_out.next = bit_cast::<32, 4>(self.byte_lane.q.val()) | bits::<32>(16);
            }
            if self.write.val() {
                self.byte_lane.d.next = self.data_in.val().get_bits::<4>(0);
                self.one_lane.d.next = self.data_in.val().get_bit(4);
            }
        }

        // The command, and who may transfer.
        self.offered.next = bits::<10>(0);
        self.may_transfer.next = bits::<10>(0);
        for i in 0..10 {
            if self.is_waiting.q.val() & (self.shape.q.val().get_bits::<4>(3) == self.lane_number[i].val()) {
                self.offered.next = self.offered.val().replace_bit(i, true);
            }
            if !self.one_lane.q.val() | (self.byte_lane.q.val() == self.lane_number[i].val()) {
                self.may_transfer.next = self.may_transfer.val().replace_bit(i, true);
            }
        }
        if (self.offered.val() & self.ready.val()).any() {
            self.is_waiting.d.next = false;
        }
        if self.write.val() & (self.address.val() == self.offset_of_command_issue.val()) {
            self.shape.d.next = self.data_in.val().get_bits::<16>(0);
            self.is_waiting.d.next = true;
        }
        self.operation.next = self.operation_names[0].val();
        for i in 0..8 {
            if self.shape.q.val().get_bits::<3>(0) == self.operation_number[i].val() {
                self.operation.next = self.operation_names[i].val();
            }
        }
        self.valid.next = self.offered.val();
        self.waits.next = self.is_waiting.q.val();
        self.planes.next = self.shape.q.val().get_bits::<2>(7);
        self.tag.next = bit_cast::<8, 4>(self.shape.q.val().get_bits::<4>(12)) | self.firmware_tag.val();
        self.place.next = self.target.q.val();
        self.span.next = self.extent.q.val();
        self.fast.next = self.fast_chips.q.val();
        self.transfers.next = self.may_transfer.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
