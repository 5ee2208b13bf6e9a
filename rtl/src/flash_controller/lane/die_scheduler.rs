//! What each die of a lane is doing, and what it may do next.

use rust_hdl::prelude::*;

use super::bus_engine::ActionOutcome;
use super::bus_program::BusAction;
use super::chip_activity::ChipActivity;
use super::lane_command::LaneOperation;
use super::lane_config::LaneConfig;
use crate::circuit::{circuit_info, no_collision};

/// Commands a die's queue holds.
const QUEUE: u64 = 4;
/// After so many polls without success a command is given up.
const POLLS: u64 = 256;
/// Nanoseconds from the beginning of a poll to the status it takes, at least, with what a timer's rounding adds: the first
/// poll of a read begins so much earlier.
const POLL_NS: u32 = 360;
/// A die is polled again after this part of its busy time.
const POLL_SHARE: u32 = 16;

/// Keeps a queue of four commands and a timer for each of 16 dies, in memories that one visitor walks round: a die is
/// visited every 16 cycles, and whatever concerns it happens at the visit.
///
/// A die is *idle*, *claimed* (its command waits for the bus or occupies it), *timed* (it is busy and its timer runs) or *due*
/// (it has read a page and is to read on). At
/// a visit, in this order: what the bus engine reports of the die is noted; an idle die with a command becomes claimed
/// and its command the *issue* candidate, if there is none, as does a die that is due; a timed die whose time is over becomes
/// claimed and the *poll* candidate, if there is none. A command offered to the die is taken if its queue has room.
///
/// While no more than two dies are at work, which do not fill the bus, a read behind a read begins before the data of the first is transferred. Then it is *begun*
/// when it becomes the oldest command: its page moves to the register that the bus reads, and again the read behind it begins
/// with that, if there is one.
///
/// Programs begin in the order in which they were taken, for their data comes in that order, and only once data is there.
/// Operations on a whole chip (identification, parameters, features, reset) begin when all dies of the chip are idle, and
/// until they are done no other command begins on the chip.
///
/// - Latency: up to 20 cycles from an offer to `ready`, up to 21 more to the command's candidacy.
/// - Throughput: 1 command in 20 cycles; a candidate of each kind in 3 cycles.
/// - Back-pressure: a command whose die has four waits, `full` tells beforehand. Candidates stand until taken.
/// - Limits: 16 dies, 4 commands each; busy times up to 65,535 visits. A command whose die is not ready after 256 polls is
///   given up.
#[derive(LogicBlock)]
pub struct DieScheduler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A command is offered; it stands until `accept`.
    pub offer: Signal<In, Bit>,
    /// Its operation.
    pub offer_operation: Signal<In, LaneOperation>,
    /// Its die: chip x 8 + die.
    pub offer_die: Signal<In, Bits<4>>,
    /// It names both planes.
    pub offer_both_planes: Signal<In, Bit>,
    /// The command is taken in this cycle.
    pub accept: Signal<Out, Bit>,
    /// The slot it goes to, die and place in the queue; meaningful while `accept` is high.
    pub accept_slot: Signal<Out, Bits<6>>,
    /// The command plays for both planes; meaningful while `accept` is high.
    pub accept_dual: Signal<Out, Bit>,
    /// Dies whose queues are full.
    pub full: Signal<Out, Bits<16>>,
    /// Data for a program is there.
    pub program_waits: Signal<In, Bit>,
    /// The bus engine reports the end of an action; only while `report_pending` is low.
    pub report: Signal<In, Bit>,
    /// The die.
    pub report_die: Signal<In, Bits<4>>,
    /// How the action ended; a finished read is reported elsewhere.
    pub report_outcome: Signal<In, ActionOutcome>,
    /// Number of the operation that the die executes.
    pub report_operation: Signal<In, Bits<3>>,
    /// The die moves a page between its registers.
    pub report_moves: Signal<In, Bit>,
    /// A report has not been noted yet.
    pub report_pending: Signal<Out, Bit>,
    /// A command can begin.
    pub issue_valid: Signal<Out, Bit>,
    /// Its slot.
    pub issue_slot: Signal<Out, Bits<6>>,
    /// Number of the action that begins it.
    pub issue_action: Signal<Out, Bits<4>>,
    /// Its operation's number.
    pub issue_operation: Signal<Out, Bits<3>>,
    /// It plays for both planes.
    pub issue_dual: Signal<Out, Bit>,
    /// The command begins.
    pub issue_take: Signal<In, Bit>,
    /// A die's time is over.
    pub poll_valid: Signal<Out, Bit>,
    /// The slot of the command it executes.
    pub poll_slot: Signal<Out, Bits<6>>,
    /// The number of that command's operation.
    pub poll_operation: Signal<Out, Bits<3>>,
    /// The command plays for both planes.
    pub poll_dual: Signal<Out, Bit>,
    /// It is the last poll before the command is given up.
    pub poll_last: Signal<Out, Bit>,
    /// If the die is ready, it is to read on before its data is transferred.
    pub poll_onward: Signal<Out, Bit>,
    /// The poll begins.
    pub poll_take: Signal<In, Bit>,

    /// Number of each die.
    die_number: Vec<Constant<Bits<4>>>,
    read_code: Constant<Bits<3>>,
    program_code: Constant<Bits<3>>,
    erase_code: Constant<Bits<3>>,
    parameters_code: Constant<Bits<3>>,
    id_code: Constant<Bits<3>>,
    set_feature_code: Constant<Bits<3>>,
    get_feature_code: Constant<Bits<3>>,
    reset_code: Constant<Bits<3>>,
    /// Busy times in visits.
    read_time: Constant<Bits<16>>,
    program_time: Constant<Bits<16>>,
    erase_time: Constant<Bits<16>>,
    move_time: Constant<Bits<16>>,
    /// Times between polls in visits.
    read_again: Constant<Bits<16>>,
    program_again: Constant<Bits<16>>,
    erase_again: Constant<Bits<16>>,
    next_action: Constant<Bits<4>>,
    last_action: Constant<Bits<4>>,

    /// Commands taken and not done, 0..=64: nobody walks when there are none.
    outstanding: DFF<Bits<7>>,
    /// The memories hold what they should: the first round has cleared them.
    cleared: DFF<Bit>,

    // The walk: a die's entry is read, then the head of its queue, then flags are made, then the visit happens.
    walking: DFF<Bit>,
    die: DFF<Bits<4>>,
    /// Per die: state (bits 0, 1), commands (2..5), oldest command's place (5, 6), polls (7..15), timer (15..31), the oldest command
    /// was begun by the one before it (31), the second was begun by the oldest (32).
    entries: RAM<Bits<33>, 4>,
    fetched_valid: DFF<Bit>,
    fetched_die: DFF<Bits<4>>,
    /// Per slot: operation (bits 0..3), dual (3), turn among the programs (4..10).
    heads: RAM<Bits<10>, 6>,
    /// Per slot: operation. Read for the command behind the oldest.
    seconds: RAM<Bits<3>, 6>,
    headed_valid: DFF<Bit>,
    headed_die: DFF<Bits<4>>,
    headed_entry: DFF<Bits<33>>,
    flagged_valid: DFF<Bit>,
    flagged_die: DFF<Bits<4>>,
    flagged_entry: DFF<Bits<33>>,
    flagged_head: DFF<Bits<10>>,
    flagged_second: DFF<Bits<3>>,
    flagged_time_over: DFF<Bit>,
    visited_valid: DFF<Bit>,
    visited_die: DFF<Bits<4>>,
    visited_entry: DFF<Bits<33>>,
    visited_head: DFF<Bits<10>>,
    visited_reported: DFF<Bit>,
    visited_offered: DFF<Bit>,
    visited_may_issue: DFF<Bit>,
    visited_may_poll: DFF<Bit>,
    visited_blocks: DFF<Bit>,
    visited_reads_on: DFF<Bit>,
    visited_idle: DFF<Bit>,
    visited_due: DFF<Bit>,
    written_valid: DFF<Bit>,
    written_die: DFF<Bits<4>>,
    written_entry: DFF<Bits<33>>,

    reported: DFF<Bit>,
    reported_die: DFF<Bits<4>>,
    reported_done: DFF<Bit>,
    reported_again: DFF<Bit>,
    reported_onward: DFF<Bit>,
    reported_whole_chip: DFF<Bit>,
    reported_time: DFF<Bits<16>>,

    accepting: DFF<Bit>,
    accepting_slot: DFF<Bits<6>>,
    full_dies: Vec<DFF<Bit>>,

    issuing: DFF<Bit>,
    issuing_slot: DFF<Bits<6>>,
    issuing_head: DFF<Bits<4>>,
    issuing_action: DFF<Bits<4>>,
    polling: DFF<Bit>,
    polling_slot: DFF<Bits<6>>,
    polling_head: DFF<Bits<4>>,
    polling_last: DFF<Bit>,
    polling_onward: DFF<Bit>,

    /// Turn that the next program taken gets.
    program_tail: DFF<Bits<6>>,
    /// Turn of the program that begins next.
    program_turn: DFF<Bits<6>>,
    chips: [ChipActivity; 2],
    chip_number: [Constant<Bits<1>>; 2],
    /// Two dies at most are at work.
    few_active: DFF<Bit>,

    offered_code: Signal<Local, Bits<3>>,
    offered_is_program: Signal<Local, Bit>,
    offered_dual: Signal<Local, Bit>,
    dual_bit: Signal<Local, Bits<10>>,
    report_time: Signal<Local, Bits<16>>,
    report_again_time: Signal<Local, Bits<16>>,
    fresh_entry: Signal<Local, Bits<33>>,
    headed_timer: Signal<Local, Bits<16>>,
    headed_time_over: Signal<Local, Bit>,
    headed_timer_less: Signal<Local, Bits<16>>,
    flagged_idle: Signal<Local, Bit>,
    flagged_timed: Signal<Local, Bit>,
    flagged_due: Signal<Local, Bit>,
    flagged_has_command: Signal<Local, Bit>,
    flagged_whole_chip: Signal<Local, Bit>,
    flagged_is_program: Signal<Local, Bit>,
    chip_quiet: Signal<Local, Bit>,
    chip_reserved: Signal<Local, Bit>,
    now_issues: Signal<Local, Bit>,
    now_polls: Signal<Local, Bit>,
    now_accepts: Signal<Local, Bit>,
    now_done: Signal<Local, Bit>,
    state: Signal<Local, Bits<2>>,
    count: Signal<Local, Bits<3>>,
    next_state: Signal<Local, Bits<2>>,
    next_count: Signal<Local, Bits<3>>,
    next_oldest: Signal<Local, Bits<2>>,
    next_polls: Signal<Local, Bits<8>>,
    next_timer: Signal<Local, Bits<16>>,
    newest: Signal<Local, Bits<2>>,
    second: Signal<Local, Bits<2>>,
    is_begun: Signal<Local, Bit>,
    has_begun_second: Signal<Local, Bit>,
    begins_second: Signal<Local, Bit>,
    next_begun: Signal<Local, Bit>,
    next_second_begun: Signal<Local, Bit>,
    entry_now: Signal<Local, Bits<33>>,
    visited_chip: Signal<Local, Bit>,

    idle_state: Constant<Bits<2>>,
    claimed_state: Constant<Bits<2>>,
    timed_state: Constant<Bits<2>>,
    due_state: Constant<Bits<2>>,
}

impl DieScheduler {
    /// The scheduler of a lane with these busy times.
    pub fn new(config: &LaneConfig) -> Self {
        let time = |nanoseconds: u32| Constant::new(config.timer_steps(nanoseconds).into());
        let again = |nanoseconds: u32| time(nanoseconds.div_ceil(POLL_SHARE));
        let code = |action: BusAction| Constant::new(action.number().into());
        Self {
            clock: Default::default(),
            offer: Default::default(),
            offer_operation: Default::default(),
            offer_die: Default::default(),
            offer_both_planes: Default::default(),
            accept: Default::default(),
            accept_slot: Default::default(),
            accept_dual: Default::default(),
            full: Default::default(),
            program_waits: Default::default(),
            report: Default::default(),
            report_die: Default::default(),
            report_outcome: Default::default(),
            report_operation: Default::default(),
            report_moves: Default::default(),
            report_pending: Default::default(),
            issue_valid: Default::default(),
            issue_slot: Default::default(),
            issue_action: Default::default(),
            issue_operation: Default::default(),
            issue_dual: Default::default(),
            issue_take: Default::default(),
            poll_valid: Default::default(),
            poll_slot: Default::default(),
            poll_operation: Default::default(),
            poll_dual: Default::default(),
            poll_last: Default::default(),
            poll_onward: Default::default(),
            poll_take: Default::default(),
            die_number: (0..super::DIES).map(|die| Constant::new(die.to_bits())).collect(),
            read_code: code(BusAction::Read),
            program_code: code(BusAction::Program),
            erase_code: code(BusAction::Erase),
            parameters_code: code(BusAction::ReadParameters),
            id_code: code(BusAction::ReadId),
            set_feature_code: code(BusAction::SetFeature),
            get_feature_code: code(BusAction::GetFeature),
            reset_code: code(BusAction::Reset),
            read_time: time(config.read_ns.saturating_sub(POLL_NS).max(1)),
            program_time: time(config.program_ns),
            erase_time: time(config.erase_ns),
            move_time: time(config.cache_busy_ns.saturating_sub(POLL_NS).max(1)),
            next_action: Constant::new(BusAction::ReadNext.number().into()),
            last_action: Constant::new(BusAction::ReadLast.number().into()),
            read_again: again(config.read_ns),
            program_again: again(config.program_ns),
            erase_again: again(config.erase_ns),
            outstanding: Default::default(),
            cleared: Default::default(),
            walking: Default::default(),
            die: Default::default(),
            entries: Default::default(),
            fetched_valid: Default::default(),
            fetched_die: Default::default(),
            heads: Default::default(),
            seconds: Default::default(),
            headed_valid: Default::default(),
            headed_die: Default::default(),
            headed_entry: Default::default(),
            flagged_valid: Default::default(),
            flagged_die: Default::default(),
            flagged_entry: Default::default(),
            flagged_head: Default::default(),
            flagged_second: Default::default(),
            flagged_time_over: Default::default(),
            visited_valid: Default::default(),
            visited_die: Default::default(),
            visited_entry: Default::default(),
            visited_head: Default::default(),
            visited_reported: Default::default(),
            visited_offered: Default::default(),
            visited_may_issue: Default::default(),
            visited_may_poll: Default::default(),
            visited_blocks: Default::default(),
            visited_reads_on: Default::default(),
            visited_idle: Default::default(),
            visited_due: Default::default(),
            written_valid: Default::default(),
            written_die: Default::default(),
            written_entry: Default::default(),
            reported: Default::default(),
            reported_die: Default::default(),
            reported_done: Default::default(),
            reported_again: Default::default(),
            reported_onward: Default::default(),
            reported_whole_chip: Default::default(),
            reported_time: Default::default(),
            accepting: Default::default(),
            accepting_slot: Default::default(),
            full_dies: vec![Default::default(); super::DIES],
            issuing: Default::default(),
            issuing_slot: Default::default(),
            issuing_head: Default::default(),
            issuing_action: Default::default(),
            polling: Default::default(),
            polling_slot: Default::default(),
            polling_head: Default::default(),
            polling_last: Default::default(),
            polling_onward: Default::default(),
            program_tail: Default::default(),
            program_turn: Default::default(),
            chips: Default::default(),
            chip_number: std::array::from_fn(|chip| Constant::new(chip.to_bits())),
            few_active: Default::default(),
            offered_code: Default::default(),
            offered_is_program: Default::default(),
            offered_dual: Default::default(),
            dual_bit: Default::default(),
            report_time: Default::default(),
            report_again_time: Default::default(),
            fresh_entry: Default::default(),
            headed_timer: Default::default(),
            headed_time_over: Default::default(),
            headed_timer_less: Default::default(),
            flagged_idle: Default::default(),
            flagged_timed: Default::default(),
            flagged_due: Default::default(),
            flagged_has_command: Default::default(),
            flagged_whole_chip: Default::default(),
            flagged_is_program: Default::default(),
            chip_quiet: Default::default(),
            chip_reserved: Default::default(),
            now_issues: Default::default(),
            now_polls: Default::default(),
            now_accepts: Default::default(),
            now_done: Default::default(),
            state: Default::default(),
            count: Default::default(),
            next_state: Default::default(),
            next_count: Default::default(),
            next_oldest: Default::default(),
            next_polls: Default::default(),
            next_timer: Default::default(),
            newest: Default::default(),
            second: Default::default(),
            is_begun: Default::default(),
            has_begun_second: Default::default(),
            begins_second: Default::default(),
            next_begun: Default::default(),
            next_second_begun: Default::default(),
            entry_now: Default::default(),
            visited_chip: Default::default(),
            idle_state: Constant::new(0_u64.into()),
            claimed_state: Constant::new(1_u64.into()),
            timed_state: Constant::new(2_u64.into()),
            due_state: Constant::new(3_u64.into()),
        }
    }
}

impl Logic for DieScheduler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, outstanding, cleared, walking, die, fetched_valid, fetched_die);
        dff_setup!(self, clock, headed_valid, headed_die, headed_entry);
        dff_setup!(self, clock, flagged_valid, flagged_die, flagged_entry, flagged_head, flagged_time_over);
        dff_setup!(self, clock, visited_valid, visited_die, visited_entry, visited_head, visited_reported);
        dff_setup!(self, clock, flagged_second, visited_reads_on, visited_idle, visited_due);
        dff_setup!(self, clock, few_active, reported_onward, issuing_action, polling_onward);
        dff_setup!(self, clock, visited_offered, visited_may_issue, visited_may_poll, visited_blocks);
        dff_setup!(self, clock, written_valid, written_die, written_entry);
        dff_setup!(self, clock, reported, reported_die, reported_done, reported_again, reported_whole_chip);
        dff_setup!(self, clock, reported_time, accepting, accepting_slot);
        dff_setup!(self, clock, issuing, issuing_slot, issuing_head);
        dff_setup!(self, clock, polling, polling_slot, polling_head, polling_last);
        dff_setup!(self, clock, program_tail, program_turn);
        self.entries.read_clock.next = self.clock.val();
        self.entries.write_clock.next = self.clock.val();
        self.heads.read_clock.next = self.clock.val();
        self.heads.write_clock.next = self.clock.val();
        self.seconds.read_clock.next = self.clock.val();
        self.seconds.write_clock.next = self.clock.val();

        // A report is kept until its die is visited. The time it starts is looked up meanwhile.
        self.report_time.next = self.erase_time.val();
        self.report_again_time.next = self.erase_again.val();
        if self.report_operation.val() == self.read_code.val() {
            self.report_time.next = self.read_time.val();
            self.report_again_time.next = self.read_again.val();
        }
        if self.report_operation.val() == self.program_code.val() {
            self.report_time.next = self.program_time.val();
            self.report_again_time.next = self.program_again.val();
        }
        if self.report_moves.val() {
            self.report_time.next = self.move_time.val();
        }
        if self.report.val() {
            self.reported.d.next = true;
            self.reported_die.d.next = self.report_die.val();
            self.reported_done.d.next = self.report_outcome.val() == ActionOutcome::Done;
            self.reported_again.d.next = self.report_outcome.val() == ActionOutcome::Again;
            self.reported_onward.d.next = self.report_outcome.val() == ActionOutcome::ReadsOn;
            self.reported_whole_chip.d.next = self.report_operation.val() > self.erase_code.val();
            self.reported_time.d.next = self.report_time.val();
            if self.report_outcome.val() == ActionOutcome::Again {
                self.reported_time.d.next = self.report_again_time.val();
            }
        }

        // The walk. It begins with a round that clears the memories, and rests while no die has a command.
        self.walking.d.next = !self.cleared.q.val() | self.outstanding.q.val().any() | self.offer.val();
        if self.walking.q.val() {
            self.die.d.next = self.die.q.val() + 1;
        }
        self.entries.read_address.next = self.die.q.val();
        self.fetched_valid.d.next = self.walking.q.val();
        self.fetched_die.d.next = self.die.q.val();

        // The entry stands at the memory's output: it says which slot is the head of the queue.
        self.fresh_entry.next = self.entries.read_data.val();
        if !self.cleared.q.val() {
            self.fresh_entry.next = bits::<33>(0);
        }
        self.heads.read_address.next = (bit_cast::<6, 4>(self.fetched_die.q.val()) << 2)
            | bit_cast::<6, 2>(self.fresh_entry.val().get_bits::<2>(5));
        self.seconds.read_address.next = (bit_cast::<6, 4>(self.fetched_die.q.val()) << 2)
            | bit_cast::<6, 2>(self.fresh_entry.val().get_bits::<2>(5) + 1);
        self.headed_valid.d.next = self.fetched_valid.q.val();
        self.headed_die.d.next = self.fetched_die.q.val();
        self.headed_entry.d.next = self.fresh_entry.val();

        // The timer of a busy die runs; it stays at zero.
        self.headed_timer.next = self.headed_entry.q.val().get_bits::<16>(15);
        self.headed_time_over.next = !self.headed_timer.val().any();
        self.headed_timer_less.next = self.headed_timer.val() - 1;
        if self.headed_time_over.val() {
            self.headed_timer_less.next = bits::<16>(0);
        }
        self.flagged_valid.d.next = self.headed_valid.q.val();
        self.flagged_die.d.next = self.headed_die.q.val();
        self.flagged_head.d.next = self.heads.read_data.val();
        self.flagged_second.d.next = self.seconds.read_data.val();
        self.flagged_time_over.d.next = self.headed_time_over.val();
        self.flagged_entry.d.next = bit_cast::<33, 15>(self.headed_entry.q.val().get_bits::<15>(0))
            | (bit_cast::<33, 16>(self.headed_timer_less.val()) << 15)
            | (bit_cast::<33, 2>(self.headed_entry.q.val().get_bits::<2>(31)) << 31);

        // What the die may do. Nothing that is looked at here changes again before the visit in a way that matters: what may
        // begin is decided one command at a time, as there is one candidate.
        self.flagged_idle.next = self.flagged_entry.q.val().get_bits::<2>(0) == self.idle_state.val();
        self.flagged_timed.next = self.flagged_entry.q.val().get_bits::<2>(0) == self.timed_state.val();
        self.flagged_due.next = self.flagged_entry.q.val().get_bits::<2>(0) == self.due_state.val();
        self.flagged_has_command.next = self.flagged_entry.q.val().get_bits::<3>(2).any();
        self.flagged_whole_chip.next = self.flagged_head.q.val().get_bits::<3>(0) > self.erase_code.val();
        self.flagged_is_program.next = self.flagged_head.q.val().get_bits::<3>(0) == self.program_code.val();
        self.chip_quiet.next = !self.chips[0].active.val().any();
        self.chip_reserved.next = self.chips[0].reserved.val();
        if self.flagged_die.q.val().get_bit(3) {
            self.chip_quiet.next = !self.chips[1].active.val().any();
            self.chip_reserved.next = self.chips[1].reserved.val();
        }
        self.visited_valid.d.next = self.flagged_valid.q.val();
        self.visited_die.d.next = self.flagged_die.q.val();
        self.visited_entry.d.next = self.flagged_entry.q.val();
        self.visited_head.d.next = self.flagged_head.q.val();
        self.visited_reported.d.next = self.flagged_valid.q.val()
            & self.reported.q.val()
            & (self.reported_die.q.val() == self.flagged_die.q.val());
        self.visited_offered.d.next = self.flagged_valid.q.val()
            & self.cleared.q.val()
            & self.offer.val()
            & (self.offer_die.val() == self.flagged_die.q.val())
            & !self.flagged_entry.q.val().get_bit(4);
        self.visited_blocks.d.next = self.flagged_valid.q.val()
            & self.flagged_idle.val()
            & self.flagged_has_command.val()
            & self.flagged_whole_chip.val();
        self.visited_reads_on.d.next = (self.flagged_second.q.val() == self.read_code.val())
            & (self.flagged_entry.q.val().get_bits::<3>(2) > bits::<3>(1))
            & !self.chip_reserved.val();
        self.visited_idle.d.next = self.flagged_idle.val();
        self.visited_due.d.next = self.flagged_due.val();
        self.visited_may_poll.d.next =
            self.flagged_valid.q.val() & self.flagged_timed.val() & self.flagged_time_over.q.val();
        self.visited_may_issue.d.next = (self.flagged_valid.q.val() & self.flagged_due.val())
            | (self.flagged_valid.q.val()
                & self.flagged_idle.val()
                & self.flagged_has_command.val()
                & ((self.flagged_whole_chip.val() & self.chip_quiet.val())
                    | (!self.flagged_whole_chip.val() & !self.chip_reserved.val()))
                & (!self.flagged_is_program.val()
                    | (self.program_waits.val()
                        & (self.flagged_head.q.val().get_bits::<6>(4) == self.program_turn.q.val()))));

        // The visit.
        self.state.next = self.visited_entry.q.val().get_bits::<2>(0);
        self.count.next = self.visited_entry.q.val().get_bits::<3>(2);
        self.now_issues.next = self.visited_may_issue.q.val() & !self.issuing.q.val();
        self.now_polls.next = self.visited_may_poll.q.val() & !self.polling.q.val();
        self.now_accepts.next = self.visited_offered.q.val() & !self.accepting.q.val();
        self.now_done.next = self.visited_reported.q.val() & self.reported_done.q.val();

        // A die that is due reads on; if it has not begun the page that it has read, there is a read behind it.
        self.is_begun.next = self.visited_entry.q.val().get_bit(31);
        self.has_begun_second.next = self.visited_entry.q.val().get_bit(32);
        self.begins_second.next = self.visited_due.q.val() & (self.visited_reads_on.q.val() | !self.is_begun.val());
        self.next_begun.next = self.is_begun.val();
        self.next_second_begun.next = self.has_begun_second.val() | (self.now_issues.val() & self.begins_second.val());

        self.next_state.next = self.state.val();
        if self.now_issues.val() | self.now_polls.val() {
            self.next_state.next = self.claimed_state.val();
        }
        self.next_oldest.next = self.visited_entry.q.val().get_bits::<2>(5);
        self.next_polls.next = self.visited_entry.q.val().get_bits::<8>(7);
        self.next_timer.next = self.visited_entry.q.val().get_bits::<16>(15);
        if self.visited_reported.q.val() {
            self.reported.d.next = false;
            self.next_timer.next = self.reported_time.q.val();
            self.next_polls.next = bits::<8>(0);
            self.next_state.next = self.timed_state.val();
            if self.reported_again.q.val() {
                self.next_polls.next = self.visited_entry.q.val().get_bits::<8>(7) + 1;
            }
            if self.reported_onward.q.val() {
                self.next_state.next = self.due_state.val();
            }
            if self.reported_done.q.val() {
                self.next_state.next = self.idle_state.val();
                if self.has_begun_second.val() {
                    self.next_state.next = self.due_state.val();
                }
                self.next_begun.next = self.has_begun_second.val();
                self.next_second_begun.next = false;
                self.next_oldest.next = self.visited_entry.q.val().get_bits::<2>(5) + 1;
            }
        }
        self.next_count.next = self.count.val();
        if self.now_accepts.val() & !self.now_done.val() {
            self.next_count.next = self.count.val() + 1;
        }
        if self.now_done.val() & !self.now_accepts.val() {
            self.next_count.next = self.count.val() - 1;
        }
        self.written_valid.d.next = self.visited_valid.q.val();
        self.written_die.d.next = self.visited_die.q.val();
        self.entry_now.next = bit_cast::<33, 2>(self.next_state.val())
            | (bit_cast::<33, 3>(self.next_count.val()) << 2)
            | (bit_cast::<33, 2>(self.next_oldest.val()) << 5)
            | (bit_cast::<33, 8>(self.next_polls.val()) << 7)
            | (bit_cast::<33, 16>(self.next_timer.val()) << 15);
        self.entry_now.next = self.entry_now.val().replace_bit(31, self.next_begun.val());
        self.entry_now.next = self.entry_now.val().replace_bit(32, self.next_second_begun.val());
        self.written_entry.d.next = self.entry_now.val();
        self.entries.write_address.next = self.written_die.q.val();
        self.entries.write_data.next = self.written_entry.q.val();
        self.entries.write_enable.next = self.written_valid.q.val();
        if self.written_valid.q.val() & self.written_die.q.val().all() {
            self.cleared.d.next = true;
        }
        self.full.next = bits::<16>(0);
        for i in 0..16 {
            self.full_dies[i].clock.next = self.clock.val();
            self.full_dies[i].d.next = self.full_dies[i].q.val();
            if self.visited_valid.q.val() & (self.visited_die.q.val() == self.die_number[i].val()) {
                self.full_dies[i].d.next = self.next_count.val().get_bit(2);
            }
            self.full.next = self.full.val().replace_bit(i, self.full_dies[i].q.val());
        }

        // A command is taken: it goes behind the newest of its die.
        self.offered_code.next = self.read_code.val();
        match self.offer_operation.val() {
            LaneOperation::Program => self.offered_code.next = self.program_code.val(),
            LaneOperation::Erase => self.offered_code.next = self.erase_code.val(),
            LaneOperation::ReadParameters => self.offered_code.next = self.parameters_code.val(),
            LaneOperation::ReadId => self.offered_code.next = self.id_code.val(),
            LaneOperation::SetFeature => self.offered_code.next = self.set_feature_code.val(),
            LaneOperation::GetFeature => self.offered_code.next = self.get_feature_code.val(),
            LaneOperation::Reset => self.offered_code.next = self.reset_code.val(),
            _ => self.offered_code.next = self.read_code.val(),
        }
        self.offered_is_program.next = self.offered_code.val() == self.program_code.val();
        self.offered_dual.next = self.offer_both_planes.val()
            & (self.offered_is_program.val() | (self.offered_code.val() == self.erase_code.val()));
        self.dual_bit.next = bits::<10>(0);
        if self.offered_dual.val() {
            self.dual_bit.next = bits::<10>(8);
        }
        self.second.next = self.visited_entry.q.val().get_bits::<2>(5) + 1;
        self.newest.next = self.visited_entry.q.val().get_bits::<2>(5) + self.visited_entry.q.val().get_bits::<2>(2);
        self.accepting.d.next = self.now_accepts.val();
        if self.now_accepts.val() {
            self.accepting_slot.d.next =
                (bit_cast::<6, 4>(self.visited_die.q.val()) << 2) | bit_cast::<6, 2>(self.newest.val());
        }
        self.heads.write_address.next = self.accepting_slot.q.val();
        self.heads.write_enable.next = self.accepting.q.val();
        self.seconds.write_address.next = self.accepting_slot.q.val();
        self.seconds.write_enable.next = self.accepting.q.val();
        self.seconds.write_data.next = self.offered_code.val();
        self.heads.write_data.next = bit_cast::<10, 3>(self.offered_code.val())
            | self.dual_bit.val()
            | (bit_cast::<10, 6>(self.program_tail.q.val()) << 4);
        if self.accepting.q.val() & self.offered_is_program.val() {
            self.program_tail.d.next = self.program_tail.q.val() + 1;
        }
        self.accept.next = self.accepting.q.val();
        self.accept_slot.next = self.accepting_slot.q.val();
        self.accept_dual.next = self.offered_dual.val();
        if self.now_accepts.val() & !self.now_done.val() {
            self.outstanding.d.next = self.outstanding.q.val() + 1;
        }
        if self.now_done.val() & !self.now_accepts.val() {
            self.outstanding.d.next = self.outstanding.q.val() - 1;
        }

        // The candidates.
        if self.issue_take.val() {
            self.issuing.d.next = false;
        }
        if self.now_issues.val() {
            self.issuing.d.next = true;
            self.issuing_slot.d.next = (bit_cast::<6, 4>(self.visited_die.q.val()) << 2)
                | bit_cast::<6, 2>(self.visited_entry.q.val().get_bits::<2>(5));
            self.issuing_head.d.next = self.visited_head.q.val().get_bits::<4>(0);
            self.issuing_action.d.next = bit_cast::<4, 3>(self.visited_head.q.val().get_bits::<3>(0));
            if self.visited_due.q.val() {
                self.issuing_action.d.next = self.last_action.val();
            }
            if self.begins_second.val() {
                self.issuing_slot.d.next =
                    (bit_cast::<6, 4>(self.visited_die.q.val()) << 2) | bit_cast::<6, 2>(self.second.val());
                self.issuing_action.d.next = self.next_action.val();
            }
            if self.visited_head.q.val().get_bits::<3>(0) == self.program_code.val() {
                self.program_turn.d.next = self.program_turn.q.val() + 1;
            }
        }
        if self.poll_take.val() {
            self.polling.d.next = false;
        }
        if self.now_polls.val() {
            self.polling.d.next = true;
            self.polling_slot.d.next = (bit_cast::<6, 4>(self.visited_die.q.val()) << 2)
                | bit_cast::<6, 2>(self.visited_entry.q.val().get_bits::<2>(5));
            self.polling_head.d.next = self.visited_head.q.val().get_bits::<4>(0);
            self.polling_last.d.next = self.visited_entry.q.val().get_bits::<8>(7).all();
            self.polling_onward.d.next = (self.visited_head.q.val().get_bits::<3>(0) == self.read_code.val())
                & self.visited_reads_on.q.val()
                & !((self.is_begun.val() | self.has_begun_second.val()) | !self.few_active.q.val());
        }
        self.issue_valid.next = self.issuing.q.val();
        self.issue_slot.next = self.issuing_slot.q.val();
        self.issue_action.next = self.issuing_action.q.val();
        self.issue_operation.next = self.issuing_head.q.val().get_bits::<3>(0);
        self.issue_dual.next = self.issuing_head.q.val().get_bit(3);
        self.poll_valid.next = self.polling.q.val();
        self.poll_slot.next = self.polling_slot.q.val();
        self.poll_operation.next = self.polling_head.q.val().get_bits::<3>(0);
        self.poll_dual.next = self.polling_head.q.val().get_bit(3);
        self.poll_last.next = self.polling_last.q.val();
        self.poll_onward.next = self.polling_onward.q.val();
        self.report_pending.next = self.reported.q.val();

        // The dies at work. One whose next read has begun does not rest.
        self.few_active.d.next =
            bit_cast::<5, 4>(self.chips[0].active.val()) + bit_cast::<5, 4>(self.chips[1].active.val()) <= bits::<5>(2);
        for i in 0..2 {
            self.visited_chip.next = self.visited_die.q.val().get_bits::<1>(3) == self.chip_number[i].val();
            self.chips[i].clock.next = self.clock.val();
            self.chips[i].begins.next = self.now_issues.val() & self.visited_idle.q.val() & self.visited_chip.val();
            self.chips[i].ends.next = self.now_done.val() & !self.has_begun_second.val() & self.visited_chip.val();
            self.chips[i].ends_whole_chip.next = self.reported_whole_chip.q.val();
            self.chips[i].whole_chip_waits.next = self.visited_blocks.q.val() & self.visited_chip.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[
            ("queue", QUEUE),
            ("polls", POLLS),
            ("read", self.read_time.val().into()),
            ("program", self.program_time.val().into()),
            ("erase", self.erase_time.val().into()),
            ("move", self.move_time.val().into()),
            ("read_again", self.read_again.val().into()),
            ("program_again", self.program_again.val().into()),
            ("erase_again", self.erase_again.val().into()),
        ]);
        // An entry is written five cycles after it was read, when four other dies' entries have been read. A slot is written
        // only while its queue does not count it, and what is read of it then is not used.
        info.push(no_collision(&["entries", "heads", "seconds"]));
        info
    }
}
