//! The sequencer of one flash lane.

use rust_hdl::prelude::*;

use super::bus_engine::BusEngine;
use super::command_store::CommandStore;
use super::lane_command::LaneCommandSink;
use super::lane_config::{LaneConfig, LaneConfigError};
use super::lane_scheduler::LaneScheduler;
use super::nand_pins::NandHost;
use crate::circuit::circuit_info;
use crate::stream::StreamSink;

/// Executes commands on the 16 dies of a lane, interleaved: a busy die is left alone and asked for its status (78h) when its
/// time is over, and the bus serves the others meanwhile.
///
/// A die that has further reads in its queue reads the next page while the bus transfers the last (31h with an address; 3Fh for
/// the last of them), if no more than two dies are at work and no operation on the whole chip waits.
///
/// The bus first transfers the data of finished reads, the oldest first; then it begins commands on idle dies; then it polls.
/// Commands to one die are executed in order, those to different dies complete in any. Operations on a whole chip
/// (`ReadParameters`, `ReadId`, `SetFeature`, `GetFeature`, `Reset`) wait until its dies are idle and keep the bus to their
/// end. After a `SetFeature` that changes a chip's interface or timing, `fast` of the chip is to be set when the command is
/// done.
///
/// - Latency: of a read on an idle lane, 50 cycles at most from the offer to the first step on the bus; beyond tR, the
///   address, the status and the transfer, at most 50 more.
/// - Throughput: over NV-DDR mode 3 at 7.5 ns, a read of 4,216 bytes in about 4,470 cycles.
/// - Back-pressure: the queue of each die holds four commands; `full` shows those that are full. A transfer begins only while
///   `read_room` is high and cannot be held. A program begins when its data begins to come, and keeps the bus while it waits
///   for more.
/// - Limits: those of [`LaneConfig`]. One command is taken in 20 cycles. A command whose die does not get ready fails after
///   256 polls (16 times its busy time); one whose chip does not get ready, after 65,281 periods of the bus.
#[derive(LogicBlock)]
pub struct NandSequencer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Commands.
    pub commands: LaneCommandSink,
    /// Dies (chip x 8 + die) whose queues are full.
    pub full: Signal<Out, Bits<16>>,
    /// Per chip: it has been brought into the lane's `run` mode.
    pub fast: Signal<In, Bits<2>>,
    /// Data of programs, page after page in the order of their commands.
    pub program: StreamSink<8>,
    /// The receiver of read data has room for a whole transfer.
    pub read_room: Signal<In, Bit>,
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
    /// It has failed: the die's status says so, the die did not get ready, or data did not come.
    pub done_failed: Signal<Out, Bit>,
    /// The pins.
    pub pins: NandHost,

    scheduler: LaneScheduler,
    store: CommandStore,
    engine: BusEngine,
}

impl NandSequencer {
    /// The sequencer of a lane.
    ///
    /// # Errors
    /// If the configuration is out of its range.
    pub fn new(config: &LaneConfig) -> Result<Self, LaneConfigError> {
        Ok(Self {
            clock: Default::default(),
            commands: Default::default(),
            full: Default::default(),
            fast: Default::default(),
            program: Default::default(),
            read_room: Default::default(),
            read_valid: Default::default(),
            read_data: Default::default(),
            read_tag: Default::default(),
            read_last: Default::default(),
            done_valid: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            pins: Default::default(),
            engine: BusEngine::new(config)?,
            scheduler: LaneScheduler::new(config),
            store: CommandStore::new(config),
        })
    }

    /// Declares all inputs to be driven from outside.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        self.commands.link_connect_dest();
        self.fast.connect();
        self.program.link_connect_dest();
        self.read_room.connect();
        self.pins.link_connect_dest();
    }
}

impl Logic for NandSequencer {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, scheduler, store, engine);

        self.scheduler.offer.next = self.commands.valid.val();
        self.scheduler.offer_operation.next = self.commands.operation.val();
        self.scheduler.offer_die.next =
            (bit_cast::<4, 1>(self.commands.chip.val()) << 3) | bit_cast::<4, 3>(self.commands.die.val());
        self.scheduler.offer_both_planes.next = self.commands.planes.val().all();
        self.commands.ready.next = self.scheduler.accept.val();
        self.full.next = self.scheduler.full.val();
        self.scheduler.read_room.next = self.read_room.val();

        self.store.write.next = self.scheduler.accept.val();
        self.store.write_slot.next = self.scheduler.accept_slot.val();
        self.store.write_dual.next = self.scheduler.accept_dual.val();
        self.store.write_plane.next = self.commands.planes.val() == bits::<2>(2);
        self.store.write_block.next = self.commands.block.val();
        self.store.write_page.next = self.commands.page.val();
        self.store.write_column.next = self.commands.column.val();
        self.store.write_length.next = self.commands.length.val();
        self.store.write_tag.next = self.commands.tag.val();
        self.store.slot.next = self.engine.slot.val();
        self.store.second_plane.next = self.engine.second_plane.val();

        self.engine.page.next = self.store.page.val();
        self.engine.column.next = self.store.column.val();
        self.engine.length.next = self.store.length.val();
        self.engine.tag.next = self.store.tag.val();
        self.engine.row.next = self.store.row.val();
        self.engine.fast.next = self.fast.val();
        self.engine.start.next = self.scheduler.start.val();
        self.engine.start_action.next = self.scheduler.start_action.val();
        self.engine.start_slot.next = self.scheduler.start_slot.val();
        self.engine.start_operation.next = self.scheduler.start_operation.val();
        self.engine.start_dual.next = self.scheduler.start_dual.val();
        self.engine.start_last.next = self.scheduler.start_last.val();
        self.engine.start_onward.next = self.scheduler.start_onward.val();
        self.engine.report_pending.next = self.scheduler.report_pending.val();
        self.scheduler.idle.next = self.engine.idle.val();
        self.scheduler.program_waits.next = self.engine.program_waits.val();
        self.scheduler.report.next = self.engine.report.val();
        self.scheduler.report_slot.next = self.engine.slot.val();
        self.scheduler.report_outcome.next = self.engine.report_outcome.val();
        self.scheduler.report_operation.next = self.engine.report_operation.val();
        self.scheduler.report_moves.next = self.engine.report_moves.val();

        StreamSink::<8>::link(&mut self.program, &mut self.engine.program);
        self.read_valid.next = self.engine.read_valid.val();
        self.read_data.next = self.engine.read_data.val();
        self.read_tag.next = self.engine.read_tag.val();
        self.read_last.next = self.engine.read_last.val();
        self.done_valid.next = self.engine.done_valid.val();
        self.done_tag.next = self.engine.done_tag.val();
        self.done_failed.next = self.engine.done_failed.val();
        NandHost::link(&mut self.pins, &mut self.engine.pins);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
