//! Who sends a lane its next command.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::RecordCode;
use crate::flash_controller::lane::{LaneCommandSink, LaneCommandSource, LaneOperation};
use crate::flash_controller::read_path::SURVIVOR_TAG;
use crate::flash_controller::write_buffer::ProgramCommandSink;
use crate::stream::StreamSink;

/// What the merger does.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum MergingState {
    /// It looks for a command that its die can take.
    Choosing,
    /// A command is offered to the sequencer.
    Offering,
    /// The sequencer has taken it; the senders and the dies' queues follow.
    Settling,
}

/// Gives a lane's sequencer one command after the other: reads of survivors first, then reads, programs, and the firmware's
/// commands. A command whose die has no room lets others pass.
///
/// A sender sees `ready` when the sequencer has taken its command into the queue of the die: what is sent to the same die
/// afterwards is done afterwards.
///
/// - Latency: 3 cycles from a command to its offer.
/// - Throughput: a command in about 24 cycles, as the sequencer takes them.
/// - Back-pressure: senders wait while their die is full or another one goes first.
/// - Limits: reads of one record, programs of whole pages of two.
#[derive(LogicBlock)]
pub struct LaneCommandMerger {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A read of a survivor is offered.
    pub survivor_valid: Signal<In, Bit>,
    /// Its place: bit 0 chip, 3..=1 die, 4 plane, 16..=5 block, 24..=17 page, 25 half.
    pub survivor_place: Signal<In, Bits<26>>,
    /// It is taken.
    pub survivor_ready: Signal<Out, Bit>,
    /// Reads: tag in bits 7..=0, place above.
    pub reads: StreamSink<34>,
    /// Programs.
    pub programs: ProgramCommandSink,
    /// The firmware's commands.
    pub firmware: LaneCommandSink,
    /// Dies (chip x 8 + die) whose queues are full.
    pub full: Signal<In, Bits<16>>,
    /// To the sequencer.
    pub commands: LaneCommandSource,

    survivor_tag: Constant<Bits<8>>,
    read_operation: Constant<LaneOperation>,
    program_operation: Constant<LaneOperation>,
    second_record: Constant<Bits<14>>,
    record_bytes: Constant<Bits<14>>,
    page_bytes: Constant<Bits<14>>,
    die_bit: Vec<Constant<Bits<4>>>,

    state: DFF<MergingState>,
    pause: DFF<Bits<2>>,
    /// Who may go: survivor, read, program, firmware.
    eligible: DFF<Bits<4>>,
    chosen: DFF<Bits<4>>,
    operation: DFF<LaneOperation>,
    chip: DFF<Bits<1>>,
    die: DFF<Bits<3>>,
    planes: DFF<Bits<2>>,
    block: DFF<Bits<12>>,
    page: DFF<Bits<8>>,
    column: DFF<Bits<14>>,
    length: DFF<Bits<14>>,
    tag: DFF<Bits<8>>,

    place: Signal<Local, Bits<26>>,
    survivor_waits: Signal<Local, Bit>,
    read_waits: Signal<Local, Bit>,
    program_waits: Signal<Local, Bit>,
    firmware_waits: Signal<Local, Bit>,
    survivor_die: Signal<Local, Bits<4>>,
    read_die: Signal<Local, Bits<4>>,
    program_die: Signal<Local, Bits<4>>,
    firmware_die: Signal<Local, Bits<4>>,
    taken: Signal<Local, Bits<4>>,
}

impl LaneCommandMerger {
    /// For records in `code`.
    pub fn new(code: RecordCode) -> Self {
        Self {
            clock: Default::default(),
            survivor_valid: Default::default(),
            survivor_place: Default::default(),
            survivor_ready: Default::default(),
            reads: Default::default(),
            programs: Default::default(),
            firmware: Default::default(),
            full: Default::default(),
            commands: Default::default(),
            survivor_tag: Constant::new(SURVIVOR_TAG.into()),
            read_operation: Constant::new(LaneOperation::Read),
            program_operation: Constant::new(LaneOperation::Program),
            second_record: Constant::new(code.encoded_bytes().to_bits()),
            record_bytes: Constant::new(code.encoded_bytes().to_bits()),
            page_bytes: Constant::new((2 * code.encoded_bytes()).to_bits()),
            die_bit: (0..16_usize).map(|die| Constant::new(die.to_bits())).collect(),
            state: Default::default(),
            pause: Default::default(),
            eligible: Default::default(),
            chosen: Default::default(),
            operation: Default::default(),
            chip: Default::default(),
            die: Default::default(),
            planes: Default::default(),
            block: Default::default(),
            page: Default::default(),
            column: Default::default(),
            length: Default::default(),
            tag: Default::default(),
            place: Default::default(),
            survivor_waits: Default::default(),
            read_waits: Default::default(),
            program_waits: Default::default(),
            firmware_waits: Default::default(),
            survivor_die: Default::default(),
            read_die: Default::default(),
            program_die: Default::default(),
            firmware_die: Default::default(),
            taken: Default::default(),
        }
    }
}

impl Logic for LaneCommandMerger {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pause, eligible, chosen, operation, chip, die, planes, block, page, column);
        dff_setup!(self, clock, length, tag);

        // Who waits for a die that has room.
        self.survivor_die.next = (bit_cast::<4, 1>(self.survivor_place.val().get_bits::<1>(0)) << 3)
            | bit_cast::<4, 3>(self.survivor_place.val().get_bits::<3>(1));
        self.read_die.next = (bit_cast::<4, 1>(self.reads.data.val().get_bits::<1>(8)) << 3)
            | bit_cast::<4, 3>(self.reads.data.val().get_bits::<3>(9));
        self.program_die.next =
            (bit_cast::<4, 1>(self.programs.chip.val()) << 3) | bit_cast::<4, 3>(self.programs.die.val());
        self.firmware_die.next =
            (bit_cast::<4, 1>(self.firmware.chip.val()) << 3) | bit_cast::<4, 3>(self.firmware.die.val());
        self.survivor_waits.next = self.survivor_valid.val();
        self.read_waits.next = self.reads.valid.val();
        self.program_waits.next = self.programs.valid.val();
        self.firmware_waits.next = self.firmware.valid.val();
        for i in 0..16 {
            if self.full.val().get_bit(i) {
                if self.survivor_die.val() == self.die_bit[i].val() {
                    self.survivor_waits.next = false;
                }
                if self.read_die.val() == self.die_bit[i].val() {
                    self.read_waits.next = false;
                }
                if self.program_die.val() == self.die_bit[i].val() {
                    self.program_waits.next = false;
                }
                if self.firmware_die.val() == self.die_bit[i].val() {
                    self.firmware_waits.next = false;
                }
            }
        }
        self.eligible.d.next = bits::<4>(0);
        if self.survivor_waits.val() {
            self.eligible.d.next = bits::<4>(1);
        } else if self.read_waits.val() {
            self.eligible.d.next = bits::<4>(2);
        } else if self.program_waits.val() {
            self.eligible.d.next = bits::<4>(4);
        } else if self.firmware_waits.val() {
            self.eligible.d.next = bits::<4>(8);
        }

        self.place.next = bit_cast::<26, 26>(self.reads.data.val().get_bits::<26>(8));
        if self.eligible.q.val().get_bit(0) {
            self.place.next = self.survivor_place.val();
        }
        self.taken.next = bits::<4>(0);
        match self.state.q.val() {
            MergingState::Choosing => {
                self.pause.d.next = bits::<2>(0);
                self.chosen.d.next = self.eligible.q.val();
                self.operation.d.next = self.read_operation.val();
                self.chip.d.next = self.place.val().get_bits::<1>(0);
                self.die.d.next = self.place.val().get_bits::<3>(1);
                self.planes.d.next = bits::<2>(1);
                if self.place.val().get_bit(4) {
                    self.planes.d.next = bits::<2>(2);
                }
                self.block.d.next = self.place.val().get_bits::<12>(5);
                self.page.d.next = self.place.val().get_bits::<8>(17);
                self.column.d.next = bits::<14>(0);
                if self.place.val().get_bit(25) {
                    self.column.d.next = self.second_record.val();
                }
                self.length.d.next = self.record_bytes.val();
                self.tag.d.next = self.reads.data.val().get_bits::<8>(0);
                if self.eligible.q.val().get_bit(0) {
                    self.tag.d.next = self.survivor_tag.val();
                }
                if self.eligible.q.val().get_bit(2) {
                    self.operation.d.next = self.program_operation.val();
                    self.chip.d.next = self.programs.chip.val();
                    self.die.d.next = self.programs.die.val();
                    self.planes.d.next = self.programs.planes.val();
                    self.block.d.next = self.programs.block.val();
                    self.page.d.next = self.programs.page.val();
                    self.column.d.next = bits::<14>(0);
                    self.length.d.next = self.page_bytes.val();
                    self.tag.d.next = self.programs.tag.val();
                }
                if self.eligible.q.val().get_bit(3) {
                    self.operation.d.next = self.firmware.operation.val();
                    self.chip.d.next = self.firmware.chip.val();
                    self.die.d.next = self.firmware.die.val();
                    self.planes.d.next = self.firmware.planes.val();
                    self.block.d.next = self.firmware.block.val();
                    self.page.d.next = self.firmware.page.val();
                    self.column.d.next = self.firmware.column.val();
                    self.length.d.next = self.firmware.length.val();
                    self.tag.d.next = self.firmware.tag.val();
                }
                if self.eligible.q.val().any() {
                    self.state.d.next = MergingState::Offering;
                }
            }
            MergingState::Offering => {
                if self.commands.ready.val() {
                    self.taken.next = self.chosen.q.val();
                    self.state.d.next = MergingState::Settling;
                }
            }
            MergingState::Settling => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.pause.q.val().all() {
                    self.state.d.next = MergingState::Choosing;
                }
            }
            _ => {
                self.state.d.next = MergingState::Choosing;
            }
        }
        self.survivor_ready.next = self.taken.val().get_bit(0);
        self.reads.ready.next = self.taken.val().get_bit(1);
        self.programs.ready.next = self.taken.val().get_bit(2);
        self.firmware.ready.next = self.taken.val().get_bit(3);
        self.commands.valid.next = self.state.q.val() == MergingState::Offering;
        self.commands.operation.next = self.operation.q.val();
        self.commands.chip.next = self.chip.q.val();
        self.commands.die.next = self.die.q.val();
        self.commands.planes.next = self.planes.q.val();
        self.commands.block.next = self.block.q.val();
        self.commands.page.next = self.page.q.val();
        self.commands.column.next = self.column.q.val();
        self.commands.length.next = self.length.q.val();
        self.commands.tag.next = self.tag.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
