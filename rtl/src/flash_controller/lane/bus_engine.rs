//! Plays bus actions at the pins of a lane.

use rust_hdl::prelude::*;

use super::bus_program::{BusAction, BusProgram};
use super::lane_config::{LaneConfig, LaneConfigError};
use super::nand_pins::NandHost;
use super::program_feeder::ProgramFeeder;
use super::read_capture::ReadCapture;
use crate::circuit::circuit_info;
use crate::stream::{SkidBuffer, StreamSink, StreamSource};

/// How a bus action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LogicState)]
pub enum ActionOutcome {
    /// The die is busy with its command.
    Busy,
    /// The die was polled and is still busy.
    Again,
    /// The command is done, well or not.
    Done,
    /// The die has the data of its read.
    DataReady,
    /// The die has the data of its read, and is to begin the next one before they are transferred.
    ReadsOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, LogicState)]
enum Playing {
    Nothing,
    /// The command's fields and the first step are being fetched.
    Fetching,
    Steps,
}

/// Plays one bus action at a time from a program in ROM: a sequence of steps, each a number of equal periods with a low and
/// a high phase of WE#, RE# or CLK.
///
/// What a step does, and for how many periods, stands in the ROM, one program for each action in each of the lane's two
/// modes; only the lengths of the phases are wired, by mode. A step that takes program data pauses, period by period, while
/// none is there.
///
/// - Latency: 4 cycles from `start` to the first step, whose effect is at the pins a cycle later; 3 cycles from a byte at
///   the pins to `read_valid`. `report` comes in the last cycle of the action, `done_valid` one later.
/// - Throughput: 1 action at a time; in NV-DDR mode 3 at 7.5 ns a byte per cycle in both directions.
/// - Back-pressure: program data is taken when the bus wants it. Read data cannot be held. An action does not end while
///   `report_pending` is high.
/// - Limits: actions on one die or chip; 1..=16,383 bytes; over NV-DDR programs have an even number of bytes, 4 or more.
#[derive(LogicBlock)]
pub struct BusEngine {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The pins.
    pub pins: NandHost,
    /// Per chip: it has been brought into the lane's `run` mode.
    pub fast: Signal<In, Bits<2>>,
    /// An action begins; only while `idle` is high.
    pub start: Signal<In, Bit>,
    /// Its number.
    pub start_action: Signal<In, Bits<4>>,
    /// The slot of its command: chip, die, place in the queue.
    pub start_slot: Signal<In, Bits<6>>,
    /// The number of the command's operation.
    pub start_operation: Signal<In, Bits<3>>,
    /// It plays for both planes, one after the other.
    pub start_dual: Signal<In, Bit>,
    /// A poll that fails is not repeated: the command has failed.
    pub start_last: Signal<In, Bit>,
    /// A poll, and if the die is ready, it is to read on before its data is transferred.
    pub start_onward: Signal<In, Bit>,
    /// Nothing is played.
    pub idle: Signal<Out, Bit>,
    /// The slot that is played.
    pub slot: Signal<Out, Bits<6>>,
    /// The second of two planes is addressed.
    pub second_plane: Signal<Out, Bit>,
    /// Of the command in the slot: page of the block.
    pub page: Signal<In, Bits<8>>,
    /// First byte of the page.
    pub column: Signal<In, Bits<14>>,
    /// Bytes to transfer.
    pub length: Signal<In, Bits<14>>,
    /// The sender's tag.
    pub tag: Signal<In, Bits<8>>,
    /// Row address.
    pub row: Signal<In, Bits<24>>,
    /// The action ends.
    pub report: Signal<Out, Bit>,
    /// How.
    pub report_outcome: Signal<Out, ActionOutcome>,
    /// The number of the command's operation.
    pub report_operation: Signal<Out, Bits<3>>,
    /// The die moves a page between its registers.
    pub report_moves: Signal<Out, Bit>,
    /// The last report has not been noted: the action does not end.
    pub report_pending: Signal<In, Bit>,
    /// Data of programs, page after page.
    pub program: StreamSink<8>,
    /// Data for a program is there.
    pub program_waits: Signal<Out, Bit>,
    /// A byte of a read.
    pub read_valid: Signal<Out, Bit>,
    /// The byte.
    pub read_data: Signal<Out, Bits<8>>,
    /// Tag of the command that it belongs to.
    pub read_tag: Signal<Out, Bits<8>>,
    /// It is the command's last byte.
    pub read_last: Signal<Out, Bit>,
    /// A command is done.
    pub done_valid: Signal<Out, Bit>,
    /// Its tag.
    pub done_tag: Signal<Out, Bits<8>>,
    /// It has failed: the die's status says so, it did not get ready, or data did not come.
    pub done_failed: Signal<Out, Bit>,

    erase_action: Constant<Bits<4>>,
    id_action: Constant<Bits<4>>,
    get_feature_action: Constant<Bits<4>>,
    poll_action: Constant<Bits<4>>,
    next_action: Constant<Bits<4>>,
    read_operation: Constant<Bits<3>>,
    boot_synchronous: Constant<Bit>,
    run_synchronous: Constant<Bit>,
    /// Lengths of the phases, less one, by mode.
    boot_write_low: Constant<Bits<4>>,
    boot_write_high: Constant<Bits<4>>,
    boot_read_low: Constant<Bits<4>>,
    boot_read_high: Constant<Bits<4>>,
    run_write_low: Constant<Bits<4>>,
    run_write_high: Constant<Bits<4>>,
    run_read_low: Constant<Bits<4>>,
    run_read_high: Constant<Bits<4>>,

    program_memory: SyncROM<Bits<36>, 9>,
    program_stage: SkidBuffer<8>,
    feeder: ProgramFeeder,
    capture: ReadCapture,

    playing: DFF<Playing>,
    /// Cycles until the first step is there.
    fetch_left: DFF<Bits<2>>,
    action: DFF<Bits<4>>,
    command_slot: DFF<Bits<6>>,
    operation: DFF<Bits<3>>,
    dual: DFF<Bit>,
    last_poll: DFF<Bit>,
    onward: DFF<Bit>,
    second: DFF<Bit>,
    /// The chip is in the lane's `run` mode.
    is_fast: DFF<Bit>,
    synchronous: DFF<Bit>,
    /// The action reads status alone.
    is_poll: DFF<Bit>,
    /// A source-synchronous chip sends each byte of this action twice.
    sends_twice: DFF<Bit>,
    /// The action plays again for the other plane.
    first_pass: DFF<Bit>,

    step_number: DFF<Bits<4>>,
    next_step: DFF<Bits<36>>,
    step: DFF<Bits<36>>,
    /// The step's byte.
    byte: DFF<Bits<8>>,
    length_less_one: DFF<Bits<14>>,
    /// The high phase of a period.
    is_high: DFF<Bit>,
    phase_left: DFF<Bits<4>>,
    first_period: DFF<Bit>,
    /// The period does what its step says; else it is a pause.
    active: DFF<Bit>,
    periods_left: DFF<Bits<16>>,
    /// The step ends with its period.
    ends: DFF<Bit>,

    // Bytes on their way to the pins of a source-synchronous chip.
    pair_valid: DFF<Bit>,
    pair_first: DFF<Bits<8>>,
    pair_second: DFF<Bits<8>>,
    sending: DFF<Bit>,
    sending_first: DFF<Bits<8>>,
    sending_second: DFF<Bits<8>>,
    sent_second: DFF<Bits<8>>,

    ready_pins: DFF<Bits<2>>,
    ready_chips: DFF<Bits<2>>,
    chip_ready: DFF<Bit>,
    status_ready: DFF<Bit>,
    status_failed: DFF<Bit>,
    timed_out: DFF<Bit>,
    all_ready: DFF<Bit>,
    any_failed: DFF<Bit>,

    chip_enable: DFF<Bits<2>>,
    command_latch: DFF<Bit>,
    address_latch: DFF<Bit>,
    write_low: DFF<Bit>,
    read_low: DFF<Bit>,
    data_out: DFF<Bits<8>>,
    data_drive: DFF<Bit>,
    strobe_out: DFF<Bit>,
    strobe_drive: DFF<Bit>,
    done: DFF<Bit>,
    done_fails: DFF<Bit>,

    chip_is_fast: Signal<Local, Bit>,
    loads: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    step_ends: Signal<Local, Bit>,
    period_begins: Signal<Local, Bit>,
    finishes: Signal<Local, Bit>,
    is_pulse: Signal<Local, Bit>,
    comes_receive: Signal<Local, Bit>,
    comes_stream: Signal<Local, Bit>,
    comes_literal: Signal<Local, Bit>,
    next_low: Signal<Local, Bits<4>>,
    high: Signal<Local, Bits<4>>,
    next_periods: Signal<Local, Bits<16>>,
    next_byte: Signal<Local, Bits<8>>,
    pass_ready: Signal<Local, Bit>,
    failed: Signal<Local, Bit>,
    waited: Signal<Local, Bit>,
    selected: Signal<Local, Bits<2>>,
    moves: Signal<Local, Bit>,
}

impl BusEngine {
    /// The engine of a lane.
    ///
    /// # Errors
    /// If the configuration is out of its range.
    pub fn new(config: &LaneConfig) -> Result<Self, LaneConfigError> {
        let program = BusProgram::new(config)?;
        let boot = config.bus_cycles(config.boot, &config.figures(config.boot)?);
        let run = config.bus_cycles(config.run, &config.figures(config.run)?);
        let phase = |cycles: u32| Constant::new(u64::from(cycles - 1).into());
        let action = |action: BusAction| Constant::new(action.number().into());
        Ok(Self {
            clock: Default::default(),
            pins: Default::default(),
            fast: Default::default(),
            start: Default::default(),
            start_action: Default::default(),
            start_slot: Default::default(),
            start_operation: Default::default(),
            start_dual: Default::default(),
            start_last: Default::default(),
            start_onward: Default::default(),
            idle: Default::default(),
            slot: Default::default(),
            second_plane: Default::default(),
            page: Default::default(),
            column: Default::default(),
            length: Default::default(),
            tag: Default::default(),
            row: Default::default(),
            report: Default::default(),
            report_outcome: Default::default(),
            report_operation: Default::default(),
            report_moves: Default::default(),
            report_pending: Default::default(),
            program: Default::default(),
            program_waits: Default::default(),
            read_valid: Default::default(),
            read_data: Default::default(),
            read_tag: Default::default(),
            read_last: Default::default(),
            done_valid: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            erase_action: action(BusAction::Erase),
            id_action: action(BusAction::ReadId),
            get_feature_action: action(BusAction::GetFeature),
            poll_action: action(BusAction::Poll),
            next_action: action(BusAction::ReadNext),
            read_operation: Constant::new(BusAction::Read.number().into()),
            boot_synchronous: Constant::new(boot.synchronous),
            run_synchronous: Constant::new(run.synchronous),
            boot_write_low: phase(boot.write_low),
            boot_write_high: phase(boot.write_high),
            boot_read_low: phase(boot.read_low),
            boot_read_high: phase(boot.read_high),
            run_write_low: phase(run.write_low),
            run_write_high: phase(run.write_high),
            run_read_low: phase(run.read_low),
            run_read_high: phase(run.read_high),
            program_memory: SyncROM::new(program.contents()),
            program_stage: Default::default(),
            feeder: Default::default(),
            capture: ReadCapture::new(config)?,
            playing: Default::default(),
            fetch_left: Default::default(),
            action: Default::default(),
            command_slot: Default::default(),
            operation: Default::default(),
            dual: Default::default(),
            last_poll: Default::default(),
            onward: Default::default(),
            second: Default::default(),
            is_fast: Default::default(),
            synchronous: Default::default(),
            is_poll: Default::default(),
            sends_twice: Default::default(),
            first_pass: Default::default(),
            step_number: Default::default(),
            next_step: Default::default(),
            step: Default::default(),
            byte: Default::default(),
            length_less_one: Default::default(),
            is_high: Default::default(),
            phase_left: Default::default(),
            first_period: Default::default(),
            active: Default::default(),
            periods_left: Default::default(),
            ends: Default::default(),
            pair_valid: Default::default(),
            pair_first: Default::default(),
            pair_second: Default::default(),
            sending: Default::default(),
            sending_first: Default::default(),
            sending_second: Default::default(),
            sent_second: Default::default(),
            ready_pins: Default::default(),
            ready_chips: Default::default(),
            chip_ready: Default::default(),
            status_ready: Default::default(),
            status_failed: Default::default(),
            timed_out: Default::default(),
            all_ready: Default::default(),
            any_failed: Default::default(),
            chip_enable: Default::default(),
            command_latch: Default::default(),
            address_latch: Default::default(),
            write_low: Default::default(),
            read_low: Default::default(),
            data_out: Default::default(),
            data_drive: Default::default(),
            strobe_out: Default::default(),
            strobe_drive: Default::default(),
            done: Default::default(),
            done_fails: Default::default(),
            chip_is_fast: Default::default(),
            loads: Default::default(),
            begins: Default::default(),
            step_ends: Default::default(),
            period_begins: Default::default(),
            finishes: Default::default(),
            is_pulse: Default::default(),
            comes_receive: Default::default(),
            comes_stream: Default::default(),
            comes_literal: Default::default(),
            next_low: Default::default(),
            high: Default::default(),
            next_periods: Default::default(),
            next_byte: Default::default(),
            pass_ready: Default::default(),
            failed: Default::default(),
            waited: Default::default(),
            selected: Default::default(),
            moves: Default::default(),
        })
    }
}

// A step's word: literal (bits 0..8), source of the byte (8..11), periods (11..19), kind of periods (19..21), CLE 21, ALE 22,
// sustained 23, write 24, read 25, receive 26, drive 27, strobe 28, select 29, stream 30, literal 31, wait for ready 32, flush
// 33, finish 34, confirm 35. `bus_program.rs` says what they mean.
impl Logic for BusEngine {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, program_stage, feeder, capture);
        self.program_memory.clock.next = self.clock.val();
        dff_setup!(self, clock, playing, fetch_left, action, command_slot, operation, dual, last_poll, second);
        dff_setup!(self, clock, is_fast, synchronous, is_poll, sends_twice, first_pass);
        dff_setup!(self, clock, step_number, next_step, step, byte, length_less_one);
        dff_setup!(self, clock, is_high, phase_left, first_period, active, periods_left, ends);
        dff_setup!(self, clock, pair_valid, pair_first, pair_second, sending, sending_first, sending_second);
        dff_setup!(self, clock, sent_second, ready_pins, ready_chips, chip_ready, status_ready, status_failed);
        dff_setup!(self, clock, timed_out, all_ready, any_failed, onward);
        dff_setup!(self, clock, chip_enable, command_latch, address_latch, write_low, read_low, data_out, data_drive);
        dff_setup!(self, clock, strobe_out, strobe_drive, done, done_fails);

        // Where the period and the step end.
        self.step_ends.next = (self.playing.q.val() == Playing::Steps)
            & self.is_high.q.val()
            & !self.phase_left.q.val().any()
            & self.ends.q.val()
            & self.active.q.val();
        self.finishes.next = self.step_ends.val() & self.step.q.val().get_bit(34);
        self.begins.next = (self.playing.q.val() == Playing::Fetching) & !self.fetch_left.q.val().any();
        self.loads.next = self.begins.val() | (self.step_ends.val() & !self.step.q.val().get_bit(34));
        self.period_begins.next = self.begins.val()
            | ((self.playing.q.val() == Playing::Steps) & self.is_high.q.val() & !self.phase_left.q.val().any());

        // The action.
        self.chip_is_fast.next = self.fast.val().get_bit(0);
        if self.command_slot.q.val().get_bit(5) {
            self.chip_is_fast.next = self.fast.val().get_bit(1);
        }
        self.fetch_left.d.next = self.fetch_left.q.val() - 1;
        match self.playing.q.val() {
            Playing::Nothing => {
                if self.start.val() {
                    self.playing.d.next = Playing::Fetching;
                }
                self.fetch_left.d.next = bits::<2>(3);
                self.action.d.next = self.start_action.val();
                self.command_slot.d.next = self.start_slot.val();
                self.operation.d.next = self.start_operation.val();
                self.dual.d.next = self.start_dual.val();
                self.last_poll.d.next = self.start_last.val();
                self.onward.d.next = self.start_onward.val();
                self.second.d.next = false;
            }
            Playing::Fetching => {
                if !self.fetch_left.q.val().any() {
                    self.playing.d.next = Playing::Steps;
                }
            }
            _ => {
                if self.finishes.val() {
                    self.playing.d.next = Playing::Nothing;
                    if self.first_pass.q.val() {
                        self.playing.d.next = Playing::Fetching;
                        self.second.d.next = true;
                    }
                }
                self.fetch_left.d.next = bits::<2>(3);
            }
        }
        // A chip's mode is that of the moment in which an action begins.
        if self.playing.q.val() == Playing::Fetching {
            self.is_fast.d.next = self.chip_is_fast.val();
        }
        self.synchronous.d.next = self.boot_synchronous.val();
        if self.is_fast.q.val() {
            self.synchronous.d.next = self.run_synchronous.val();
        }
        self.is_poll.d.next = self.action.q.val() == self.poll_action.val();
        self.sends_twice.d.next =
            (self.action.q.val() == self.id_action.val()) | (self.action.q.val() == self.get_feature_action.val());
        self.first_pass.d.next = self.dual.q.val()
            & !self.second.q.val()
            & ((self.action.q.val() <= self.erase_action.val()) | self.is_poll.q.val());

        // The step that comes next.
        self.program_memory.address.next =
            (bit_cast::<9, 4>(self.action.q.val()) << 4) | bit_cast::<9, 4>(self.step_number.q.val());
        if self.is_fast.q.val() {
            self.program_memory.address.next = bits::<9>(256)
                | (bit_cast::<9, 4>(self.action.q.val()) << 4)
                | bit_cast::<9, 4>(self.step_number.q.val());
        }
        self.next_step.d.next = self.program_memory.data.val();
        if self.loads.val() {
            self.step_number.d.next = self.step_number.q.val() + 1;
        }
        if self.finishes.val() {
            self.step_number.d.next = bits::<4>(0);
        }
        self.length_less_one.d.next = self.length.val() - 1;
        self.next_periods.next = bit_cast::<16, 8>(self.next_step.q.val().get_bits::<8>(11));
        if self.next_step.q.val().get_bits::<2>(19) == bits::<2>(1) {
            self.next_periods.next = bit_cast::<16, 14>(self.length_less_one.q.val());
        }
        if self.next_step.q.val().get_bits::<2>(19) == bits::<2>(2) {
            self.next_periods.next = bit_cast::<16, 14>(self.length_less_one.q.val() >> 1);
        }
        if self.next_step.q.val().get_bits::<2>(19) == bits::<2>(3) {
            self.next_periods.next = bit_cast::<16, 8>(self.next_step.q.val().get_bits::<8>(11)) << 8;
        }
        self.next_byte.next = self.next_step.q.val().get_bits::<8>(0);
        if self.next_step.q.val().get_bit(35) & self.first_pass.q.val() {
            self.next_byte.next = self.next_step.q.val().get_bits::<8>(0) | bits::<8>(1);
        }
        match self.next_step.q.val().get_bits::<3>(8).index() {
            1 => self.next_byte.next = self.column.val().get_bits::<8>(0),
            2 => self.next_byte.next = bit_cast::<8, 6>(self.column.val().get_bits::<6>(8)),
            3 => self.next_byte.next = self.row.val().get_bits::<8>(0),
            4 => self.next_byte.next = self.row.val().get_bits::<8>(8),
            5 => self.next_byte.next = self.row.val().get_bits::<8>(16),
            6 => self.next_byte.next = self.page.val(),
            _ => {}
        }

        // The periods of the step.
        self.comes_receive.next = self.step.q.val().get_bit(26);
        self.comes_stream.next = self.step.q.val().get_bit(30);
        self.comes_literal.next = false;
        if self.loads.val() {
            self.comes_receive.next = self.next_step.q.val().get_bit(26);
            self.comes_stream.next = self.next_step.q.val().get_bit(30);
            self.comes_literal.next = self.next_step.q.val().get_bit(31);
        }
        self.next_low.next = self.boot_write_low.val();
        self.high.next = self.boot_write_high.val();
        if self.comes_receive.val() {
            self.next_low.next = self.boot_read_low.val();
        }
        if self.step.q.val().get_bit(26) {
            self.high.next = self.boot_read_high.val();
        }
        if self.is_fast.q.val() {
            self.next_low.next = self.run_write_low.val();
            self.high.next = self.run_write_high.val();
            if self.comes_receive.val() {
                self.next_low.next = self.run_read_low.val();
            }
            if self.step.q.val().get_bit(26) {
                self.high.next = self.run_read_high.val();
            }
        }
        // Steps that take bytes last two periods at least, for the next step's word to be there: surplus bytes are dropped.
        self.waited.next = self.step.q.val().get_bit(32) & self.chip_ready.q.val();
        self.ends.d.next = (!self.periods_left.q.val().any()
            | self.waited.val()
            | (self.step.q.val().get_bit(34) & !self.first_pass.q.val()))
            & !(self.step.q.val().get_bit(33) & !self.capture.complete.val())
            & !(self.step.q.val().get_bit(26) & self.first_period.q.val())
            & !(self.step.q.val().get_bit(34) & self.report_pending.val());
        if self.playing.q.val() == Playing::Steps {
            self.phase_left.d.next = self.phase_left.q.val() - 1;
            if !self.phase_left.q.val().any() & !self.is_high.q.val() {
                self.is_high.d.next = true;
                self.phase_left.d.next = self.high.val();
            }
        }
        if self.period_begins.val() {
            self.is_high.d.next = false;
            self.phase_left.d.next = self.next_low.val();
            self.first_period.d.next = false;
            self.active.d.next = !self.comes_stream.val() | self.feeder.available.val();
            if self.active.q.val() & self.periods_left.q.val().any() {
                self.periods_left.d.next = self.periods_left.q.val() - 1;
            }
        }
        if self.loads.val() {
            self.step.d.next = self.next_step.q.val();
            self.byte.d.next = self.next_byte.val();
            self.first_period.d.next = true;
            self.periods_left.d.next = self.next_periods.val();
        }
        if self.finishes.val() {
            self.step.d.next = bits::<36>(0);
        }

        // Bytes to the chip. With a strobe they follow the clock by one and a half periods.
        StreamSink::<8>::link(&mut self.program, &mut self.program_stage.sink);
        StreamSource::<8>::join(&mut self.program_stage.source, &mut self.feeder.sink);
        self.program_waits.next = self.program_stage.source.valid.val() | self.feeder.available.val();
        self.feeder.single.next = !self.synchronous.q.val();
        self.feeder.take.next =
            self.period_begins.val() & self.comes_stream.val() & self.feeder.available.val() & !self.finishes.val();
        if self.period_begins.val() {
            self.pair_valid.d.next = (self.comes_stream.val() & self.feeder.available.val()) | self.comes_literal.val();
            self.pair_first.d.next = self.feeder.first.val();
            self.pair_second.d.next = self.feeder.second.val();
            self.sending.d.next = self.pair_valid.q.val();
            self.sending_first.d.next = self.pair_first.q.val();
            self.sending_second.d.next = self.pair_second.q.val();
            if self.step.q.val().get_bit(31) {
                self.sending_first.d.next = self.byte.q.val();
                self.sending_second.d.next = self.byte.q.val();
            }
            self.sent_second.d.next = self.sending_second.q.val();
        }

        // The pins.
        self.is_pulse.next = self.active.q.val() & (self.first_period.q.val() | self.step.q.val().get_bit(23));
        self.command_latch.d.next = self.step.q.val().get_bit(21) & self.is_pulse.val();
        self.address_latch.d.next = self.step.q.val().get_bit(22) & self.is_pulse.val();
        self.write_low.d.next =
            self.step.q.val().get_bit(24) & !self.is_high.q.val() & (self.is_pulse.val() | self.synchronous.q.val());
        self.read_low.d.next = self.step.q.val().get_bit(25) & (self.synchronous.q.val() | !self.is_high.q.val());
        self.selected.next = bits::<2>(1);
        if self.command_slot.q.val().get_bit(5) {
            self.selected.next = bits::<2>(2);
        }
        self.chip_enable.d.next = bits::<2>(0);
        if self.step.q.val().get_bit(29) {
            self.chip_enable.d.next = self.selected.val();
        }
        self.data_drive.d.next = self.step.q.val().get_bit(27);
        self.strobe_drive.d.next = self.step.q.val().get_bit(28);
        self.strobe_out.d.next = self.step.q.val().get_bit(28) & self.sending.q.val() & self.is_high.q.val();
        self.data_out.d.next = self.byte.q.val();
        if self.step.q.val().get_bit(30) {
            self.data_out.d.next = self.pair_first.q.val();
        }
        if self.step.q.val().get_bit(28) {
            self.data_out.d.next = self.sent_second.q.val();
            if self.is_high.q.val() {
                self.data_out.d.next = self.sending_first.q.val();
            }
        }
        self.pins.chip_enable_n.next = !self.chip_enable.q.val();
        self.pins.command_latch.next = self.command_latch.q.val();
        self.pins.address_latch.next = self.address_latch.q.val();
        self.pins.write_enable_n.next = !self.write_low.q.val();
        self.pins.read_enable_n.next = !self.read_low.q.val();
        self.pins.write_protect_n.next = true;
        self.pins.data_out.next = self.data_out.q.val();
        self.pins.data_drive.next = self.data_drive.q.val();
        self.pins.strobe_out.next = self.strobe_out.q.val();
        self.pins.strobe_drive.next = self.strobe_drive.q.val();

        // Bytes from the chip.
        self.capture.data_in.next = self.pins.data_in.val();
        self.capture.strobe_in.next = self.pins.strobe_in.val();
        self.capture.fast.next = self.is_fast.q.val();
        self.capture.synchronous.next = self.synchronous.q.val();
        self.capture.arm.next = self.begins.val();
        self.capture.length.next = self.length.val();
        if self.is_poll.q.val() {
            self.capture.length.next = bits::<14>(1);
        }
        self.capture.twice.next = self.sends_twice.q.val();
        self.capture.receive.next = self.step.q.val().get_bit(26);
        self.capture.read_falls.next =
            self.step.q.val().get_bit(25) & !self.synchronous.q.val() & !self.is_high.q.val() & !self.read_low.q.val();
        self.capture.flush.next = self.step.q.val().get_bit(33);
        self.read_valid.next = self.capture.byte_valid.val() & !self.is_poll.q.val();
        self.read_data.next = self.capture.byte.val();
        self.read_last.next = self.capture.byte_last.val();
        self.read_tag.next = self.tag.val();

        // What the chip says.
        self.ready_pins.d.next = self.pins.ready_busy_n.val();
        self.ready_chips.d.next = self.ready_pins.q.val();
        self.chip_ready.d.next = self.ready_chips.q.val().get_bit(0);
        if self.command_slot.q.val().get_bit(5) {
            self.chip_ready.d.next = self.ready_chips.q.val().get_bit(1);
        }
        if self.capture.byte_valid.val() {
            self.status_ready.d.next = self.capture.byte.val().get_bit(6);
            self.status_failed.d.next = self.capture.byte.val().get_bit(0);
        }
        if self.step_ends.val() & self.step.q.val().get_bit(32) & !self.chip_ready.q.val() {
            self.timed_out.d.next = true;
        }
        if self.playing.q.val() == Playing::Nothing {
            self.timed_out.d.next = false;
            self.all_ready.d.next = true;
            self.any_failed.d.next = false;
        }
        self.pass_ready.next = self.status_ready.q.val() & !self.capture.missing.val();
        if self.finishes.val() {
            self.all_ready.d.next = self.all_ready.q.val() & self.pass_ready.val();
            self.any_failed.d.next = self.any_failed.q.val() | self.status_failed.q.val();
        }

        // What is reported at the end.
        self.report.next = self.finishes.val() & !self.first_pass.q.val();
        self.report_outcome.next = ActionOutcome::Done;
        self.failed.next = self.timed_out.q.val() | self.capture.missing.val();
        self.moves.next = self.action.q.val() >= self.next_action.val();
        if (self.action.q.val() <= self.erase_action.val()) | self.moves.val() {
            self.report_outcome.next = ActionOutcome::Busy;
        }
        if self.is_poll.q.val() {
            self.failed.next = self.any_failed.q.val() | self.status_failed.q.val();
            if !self.all_ready.q.val() | !self.pass_ready.val() {
                self.failed.next = true;
                if !self.last_poll.q.val() {
                    self.report_outcome.next = ActionOutcome::Again;
                }
            } else {
                if self.operation.q.val() == self.read_operation.val() {
                    self.report_outcome.next = ActionOutcome::DataReady;
                    if self.onward.q.val() {
                        self.report_outcome.next = ActionOutcome::ReadsOn;
                    }
                }
            }
        }
        self.report_operation.next = self.operation.q.val();
        self.report_moves.next = self.moves.val();
        self.done.d.next = self.report.val() & (self.report_outcome.val() == ActionOutcome::Done);
        self.done_fails.d.next = self.failed.val();
        self.done_valid.next = self.done.q.val();
        self.done_failed.next = self.done_fails.q.val();
        self.done_tag.next = self.tag.val();
        self.idle.next = self.playing.q.val() == Playing::Nothing;
        self.slot.next = self.command_slot.q.val();
        self.second_plane.next = self.second.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[
            ("boot_write_low", u64::from(self.boot_write_low.val()) + 1),
            ("boot_write_high", u64::from(self.boot_write_high.val()) + 1),
            ("run_write_low", u64::from(self.run_write_low.val()) + 1),
            ("run_write_high", u64::from(self.run_write_high.val()) + 1),
            ("run_read_low", u64::from(self.run_read_low.val()) + 1),
            ("run_read_high", u64::from(self.run_read_high.val()) + 1),
        ])
    }
}
