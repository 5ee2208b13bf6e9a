//! Registers by which firmware runs a flash controller.

use rust_hdl::prelude::*;

use super::controller_registers::CONTROLLER_REGISTERS;
use super::event_registers::EventRegisters;
use super::lane_commands::LaneCommands;
use super::mailbox_port::{MailboxSink, MailboxSource};
use super::register::MailboxRegister;
use crate::circuit::circuit_info;
use crate::flash_controller::lane::LaneOperation;
use crate::flash_controller::tables::{
    PageOperationKind, PageOperationSource, PageResultSink, StripeSource, StripeState,
};
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// What an access waits for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum ControllerAccess {
    /// There is none.
    Idle,
    /// The tables' registers.
    Tables,
    /// The registers of firmware's pages.
    Pages,
    /// The stripe table takes the entry of a stripe that is opened.
    Opening,
    /// The stripe table takes a request.
    AskingStripe,
    /// The stripe table's answer.
    Stripe,
    /// The page map takes an operation.
    AskingMap,
    /// The page map's answer.
    Map,
}

/// Mailbox of a flash controller; registers as in [`CONTROLLER_REGISTERS`], from [`PAGE_WINDOW`](super::PAGE_WINDOW) on those
/// of firmware's pages and from [`TABLE_WINDOW`](super::TABLE_WINDOW) on those of the tables.
/// `P`, `L` and `A` are the bits of a logical page, a location and a stripe with its group.
///
/// - Latency: 1 cycle from `request` to `done`; for the page map and the tables, as long as they take.
/// - Throughput: one access at a time.
/// - Back-pressure: `done` is late. A lane command that its lane does not take yet, `status` tells; the next one must wait.
/// - Limits: orders to move and stripes wait in queues of 16; firmware looks at `status` first. `L` 8..=32, `A` 8..=32.
#[derive(LogicBlock)]
pub struct ControllerMailbox<const P: usize, const L: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The firmware's port.
    pub mailbox: MailboxSink,
    /// Firmware has something to take.
    pub attention: Signal<Out, Bit>,
    /// The tables' registers.
    pub tables: MailboxSource,
    /// The registers of firmware's pages.
    pub pages: MailboxSource,
    /// Writes of the host go to the write buffer, and its trims to the page map.
    pub writes_allowed: Signal<Out, Bit>,
    /// Pages that are moved go to the write buffer.
    pub moves_allowed: Signal<Out, Bit>,
    /// Logical pages of the host.
    pub page_limit: Signal<Out, Bits<32>>,
    /// Close the open stripe.
    pub flush: Signal<Out, Bit>,
    /// That is being done.
    pub flushing: Signal<In, Bit>,
    /// A page of the host is offered to the write buffer, or in it without a place in the page map, or a trim is under way, or a
    /// closed stripe is not with its lanes and in the map.
    pub unplaced: Signal<In, Bit>,
    /// Begin a new epoch of reads.
    pub fence_advance: Signal<Out, Bit>,
    /// No read of the epoch before is under way.
    pub fence_passed: Signal<In, Bit>,
    /// Stripes to open: from bit 0 group, stripe (24), sequence number (32), members (10), parity lane (4), die (3), plane (1),
    /// block (12), page (8), first of a pair, second of a pair.
    pub stripes: StreamSource<97>,
    /// Entries of the stripe table.
    pub entries: StripeSource<A>,
    /// State of the stripe that the table answers with.
    pub found_state: Signal<In, StripeState>,
    /// Its sequence number.
    pub found_sequence: Signal<In, Bits<32>>,
    /// Its members.
    pub found_members: Signal<In, Bits<10>>,
    /// Its parity lane.
    pub found_parity_lane: Signal<In, Bits<4>>,
    /// A command is offered, a bit a lane.
    pub command_valid: Signal<Out, Bits<10>>,
    /// The lane takes it.
    pub command_ready: Signal<In, Bits<10>>,
    /// What is to be done.
    pub command_operation: Signal<Out, LaneOperation>,
    /// Its place: page in bits 7..=0, plane in 8, die in 11..=9, block in 23..=12, chip in 24.
    pub command_place: Signal<Out, Bits<25>>,
    /// Planes.
    pub command_planes: Signal<Out, Bits<2>>,
    /// First byte in bits 13..=0, bytes in 29..=16.
    pub command_span: Signal<Out, Bits<30>>,
    /// Its tag.
    pub command_tag: Signal<Out, Bits<8>>,
    /// Chips in their run mode, bit 2 x lane + chip.
    pub fast: Signal<Out, Bits<20>>,
    /// Lanes whose reads may transfer bytes, a bit a lane.
    pub transfers: Signal<Out, Bits<10>>,
    /// Events of lanes, as [`LaneReports`](super::LaneReports) gives them.
    pub lane_events: StreamSink<13>,
    /// Bytes of firmware's reads, as [`BytePacker`](super::BytePacker) gives them.
    pub lane_words: StreamSink<35>,
    /// Locations to move pages from.
    pub move_orders: StreamSource<32>,
    /// Outcomes: location in bits 31..=0, outcome in 33..=32.
    pub move_events: StreamSink<34>,
    /// Reconstructed and lost pages: tag in bits 7..=0, place in 33..=8, lane in 37..=34, lost in 38.
    pub read_events: StreamSink<39>,
    /// Places of reads, as [`ReadSampler`](crate::flash_controller::read_path::ReadSampler) gives them.
    pub read_samples: StreamSink<30>,
    /// Operations on the page map.
    pub operations: PageOperationSource<P, L>,
    /// Their results.
    pub results: PageResultSink<L>,
    /// Bits corrected.
    pub corrected_bits: Signal<In, Bits<32>>,
    /// Records in which bits were corrected.
    pub corrected_records: Signal<In, Bits<32>>,

    offset_of_control: Constant<Bits<12>>,
    offset_of_status: Constant<Bits<12>>,
    offset_of_stripe_place: Constant<Bits<12>>,
    offset_of_stripe_sequence: Constant<Bits<12>>,
    offset_of_stripe_open: Constant<Bits<12>>,
    offset_of_flush: Constant<Bits<12>>,
    offset_of_stripes_begun: Constant<Bits<12>>,
    offset_of_move_order: Constant<Bits<12>>,
    offset_of_map_page: Constant<Bits<12>>,
    offset_of_map_location: Constant<Bits<12>>,
    offset_of_map_expected: Constant<Bits<12>>,
    offset_of_map_operation: Constant<Bits<12>>,
    offset_of_map_found: Constant<Bits<12>>,
    offset_of_map_next: Constant<Bits<12>>,
    offset_of_stripe_index: Constant<Bits<12>>,
    offset_of_stripe_entry_sequence: Constant<Bits<12>>,
    offset_of_stripe_entry: Constant<Bits<12>>,
    offset_of_fence_advance: Constant<Bits<12>>,
    offset_of_page_limit: Constant<Bits<12>>,
    offset_of_corrected_bits: Constant<Bits<12>>,
    offset_of_corrected_records: Constant<Bits<12>>,
    offset_of_identification: Constant<Bits<12>>,
    identity: Constant<Bits<32>>,
    plane_shift: Constant<Bits<5>>,
    die_shift: Constant<Bits<5>>,
    block_shift: Constant<Bits<5>>,
    group_shift: Constant<Bits<6>>,
    kinds: Vec<Constant<PageOperationKind>>,
    state_names: Vec<Constant<StripeState>>,
    state_number: Vec<Constant<Bits<2>>>,

    stripe_queue: SynchronousFifo<97, 4>,
    order_queue: SynchronousFifo<32, 4>,
    lane_commands: LaneCommands,
    events: EventRegisters,

    state: DFF<ControllerAccess>,
    data: DFF<Bits<32>>,
    finished: DFF<Bit>,
    writes: DFF<Bits<2>>,
    stripe_place: DFF<Bits<25>>,
    sequence: DFF<Bits<32>>,
    stripe_shape: DFF<Bits<18>>,
    stripe_pushed: DFF<Bit>,
    flushed: DFF<Bit>,
    fence_advanced: DFF<Bit>,
    ordered: DFF<Bit>,
    order: DFF<Bits<32>>,
    page: DFF<Bits<32>>,
    location: DFF<Bits<32>>,
    expected: DFF<Bits<32>>,
    kind_code: DFF<Bits<2>>,
    /// The next page follows this operation.
    steps_page: DFF<Bit>,
    found: DFF<Bits<32>>,
    index: DFF<Bits<32>>,
    entry_sequence: DFF<Bits<32>>,
    entry: DFF<Bits<16>>,
    entry_written: DFF<Bit>,
    limit: DFF<Bits<32>>,
    begun: DFF<Bits<32>>,

    begins: Signal<Local, Bit>,
    status_now: Signal<Local, Bits<32>>,
    stripe_number: Signal<Local, Bits<24>>,
    found_code: Signal<Local, Bits<2>>,
}

impl<const P: usize, const L: usize, const A: usize> ControllerMailbox<P, L, A> {
    /// The mailbox of a controller whose blocks have 2^`page_bits` pages.
    ///
    /// # Panics
    /// If the page has more than 8 bits.
    pub fn new(page_bits: u32) -> Self {
        assert!((1..=8).contains(&page_bits), "{page_bits} bits of a page in its block: legal are 1..=8");
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(CONTROLLER_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            mailbox: Default::default(),
            attention: Default::default(),
            tables: Default::default(),
            pages: Default::default(),
            writes_allowed: Default::default(),
            moves_allowed: Default::default(),
            page_limit: Default::default(),
            flush: Default::default(),
            flushing: Default::default(),
            unplaced: Default::default(),
            fence_advance: Default::default(),
            fence_passed: Default::default(),
            stripes: Default::default(),
            entries: Default::default(),
            found_state: Default::default(),
            found_sequence: Default::default(),
            found_members: Default::default(),
            found_parity_lane: Default::default(),
            command_valid: Default::default(),
            command_ready: Default::default(),
            command_operation: Default::default(),
            command_place: Default::default(),
            command_planes: Default::default(),
            command_span: Default::default(),
            command_tag: Default::default(),
            fast: Default::default(),
            transfers: Default::default(),
            lane_events: Default::default(),
            lane_words: Default::default(),
            move_orders: Default::default(),
            move_events: Default::default(),
            read_events: Default::default(),
            read_samples: Default::default(),
            operations: Default::default(),
            results: Default::default(),
            corrected_bits: Default::default(),
            corrected_records: Default::default(),
            offset_of_control: offset("control"),
            offset_of_status: offset("status"),
            offset_of_stripe_place: offset("stripe_place"),
            offset_of_stripe_sequence: offset("stripe_sequence"),
            offset_of_stripe_open: offset("stripe_open"),
            offset_of_flush: offset("flush"),
            offset_of_stripes_begun: offset("stripes_begun"),
            offset_of_move_order: offset("move_order"),
            offset_of_map_page: offset("map_page"),
            offset_of_map_location: offset("map_location"),
            offset_of_map_expected: offset("map_expected"),
            offset_of_map_operation: offset("map_operation"),
            offset_of_map_found: offset("map_found"),
            offset_of_map_next: offset("map_next"),
            offset_of_stripe_index: offset("stripe_index"),
            offset_of_stripe_entry_sequence: offset("stripe_entry_sequence"),
            offset_of_stripe_entry: offset("stripe_entry"),
            offset_of_fence_advance: offset("fence_advance"),
            offset_of_page_limit: offset("page_limit"),
            offset_of_corrected_bits: offset("corrected_bits"),
            offset_of_corrected_records: offset("corrected_records"),
            offset_of_identification: offset("identification"),
            identity: Constant::new(0x4850_4643_u64.into()),
            plane_shift: Constant::new(u64::from(page_bits).into()),
            die_shift: Constant::new(u64::from(page_bits + 1).into()),
            block_shift: Constant::new(u64::from(page_bits + 4).into()),
            group_shift: Constant::new((A - 1).to_bits()),
            kinds: vec![
                Constant::new(PageOperationKind::Write),
                Constant::new(PageOperationKind::Move),
                Constant::new(PageOperationKind::Lookup),
            ],
            state_names: [StripeState::Free, StripeState::Open, StripeState::Closed, StripeState::Retired]
                .map(Constant::new)
                .to_vec(),
            state_number: (0..4_usize).map(|number| Constant::new(number.to_bits())).collect(),
            stripe_queue: SynchronousFifo::new(8),
            order_queue: SynchronousFifo::new(8),
            lane_commands: Default::default(),
            events: Default::default(),
            state: Default::default(),
            data: Default::default(),
            finished: Default::default(),
            writes: Default::default(),
            stripe_place: Default::default(),
            sequence: Default::default(),
            stripe_shape: Default::default(),
            stripe_pushed: Default::default(),
            flushed: Default::default(),
            fence_advanced: Default::default(),
            ordered: Default::default(),
            order: Default::default(),
            page: Default::default(),
            location: Default::default(),
            expected: Default::default(),
            kind_code: Default::default(),
            steps_page: Default::default(),
            found: Default::default(),
            index: Default::default(),
            entry_sequence: Default::default(),
            entry: Default::default(),
            entry_written: Default::default(),
            limit: Default::default(),
            begun: Default::default(),
            begins: Default::default(),
            status_now: Default::default(),
            stripe_number: Default::default(),
            found_code: Default::default(),
        }
    }
}

impl<const P: usize, const L: usize, const A: usize> Logic for ControllerMailbox<P, L, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, stripe_queue, order_queue, lane_commands, events);
        dff_setup!(self, clock, state, data, finished, writes, stripe_place, sequence, stripe_shape, stripe_pushed);
        dff_setup!(self, clock, flushed, fence_advanced, ordered, order, page, location, expected);
        dff_setup!(self, clock, kind_code, found, index, entry_sequence, entry, entry_written, limit);
        dff_setup!(self, clock, begun, steps_page);

        // What firmware can see.
        self.status_now.next = bits::<32>(0);
        if !self.stripe_queue.almost_full.val() {
            self.status_now.next = bits::<32>(1);
        }
        if self.flushing.val() | self.flushed.q.val() {
            self.status_now.next = self.status_now.val() | bits::<32>(2);
        }
        if self.fence_passed.val() & !self.fence_advanced.q.val() {
            self.status_now.next = self.status_now.val() | bits::<32>(4);
        }
        if self.lane_commands.waits.val() {
            self.status_now.next = self.status_now.val() | bits::<32>(8);
        }
        if !self.order_queue.almost_full.val() {
            self.status_now.next = self.status_now.val() | bits::<32>(16);
        }
        if self.unplaced.val() {
            self.status_now.next = self.status_now.val() | bits::<32>(32);
        }
        self.finished.d.next = false;
        self.stripe_pushed.d.next = false;
        self.flushed.d.next = false;
        self.fence_advanced.d.next = false;
        self.ordered.d.next = false;
        self.tables.request.next = false;
        self.pages.request.next = false;
        self.entries.valid.next = false;
        self.operations.valid.next = false;
        // In the cycle of `done`, the request is still that of the access done.
        self.begins.next = self.mailbox.request.val() & !self.finished.q.val();
        self.lane_commands.address.next = self.mailbox.address.val();
        self.lane_commands.data_in.next = self.mailbox.data_in.val();
        self.lane_commands.write.next =
            (self.begins.val() & self.mailbox.write.val()) & (self.state.q.val() == ControllerAccess::Idle);
        self.events.address.next = self.mailbox.address.val();
        self.events.read.next =
            (self.begins.val() & !self.mailbox.write.val()) & (self.state.q.val() == ControllerAccess::Idle);
        StreamSink::<13>::link(&mut self.lane_events, &mut self.events.lane_events);
        StreamSink::<35>::link(&mut self.lane_words, &mut self.events.lane_words);
        StreamSink::<34>::link(&mut self.move_events, &mut self.events.move_events);
        StreamSink::<39>::link(&mut self.read_events, &mut self.events.read_events);
        StreamSink::<30>::link(&mut self.read_samples, &mut self.events.read_samples);
        self.attention.next = self.events.attention.val();
        self.found_code.next = bits::<2>(0);
        for i in 0..4 {
            if self.found_state.val() == self.state_names[i].val() {
                self.found_code.next = self.state_number[i].val();
            }
        }

        match self.state.q.val() {
            ControllerAccess::Tables => {
                self.tables.request.next = true;
                if self.tables.done.val() {
                    self.data.d.next = self.tables.data_out.val();
                    self.finished.d.next = true;
                    self.state.d.next = ControllerAccess::Idle;
                }
            }
            ControllerAccess::Pages => {
                self.pages.request.next = true;
                if self.pages.done.val() {
                    self.data.d.next = self.pages.data_out.val();
                    self.finished.d.next = true;
                    self.state.d.next = ControllerAccess::Idle;
                }
            }
            ControllerAccess::Opening => {
                self.entries.valid.next = true;
                if self.entries.ready.val() {
                    self.stripe_pushed.d.next = true;
                    self.finished.d.next = true;
                    self.state.d.next = ControllerAccess::Idle;
                }
            }
            ControllerAccess::AskingStripe => {
                self.entries.valid.next = true;
                if self.entries.ready.val() {
                    self.state.d.next = ControllerAccess::Stripe;
                    if self.entry_written.q.val() {
                        self.finished.d.next = true;
                        self.state.d.next = ControllerAccess::Idle;
                    }
                }
            }
            ControllerAccess::Stripe => {
                self.data.d.next = bit_cast::<32, 2>(self.found_code.val())
                    | (bit_cast::<32, 4>(self.found_parity_lane.val()) << 2)
                    | (bit_cast::<32, 10>(self.found_members.val()) << 6);
                if self.entries.answer_valid.val() {
                    self.entry_sequence.d.next = self.found_sequence.val();
                    self.finished.d.next = true;
                    self.state.d.next = ControllerAccess::Idle;
                }
            }
            ControllerAccess::AskingMap => {
                self.operations.valid.next = true;
                if self.operations.ready.val() {
                    self.state.d.next = ControllerAccess::Map;
                }
            }
            ControllerAccess::Map => {
                self.found.d.next = bit_cast::<32, L>(self.results.found.val());
                self.data.d.next = bit_cast::<32, L>(self.results.found.val());
                if self.results.valid.val() {
                    if self.steps_page.q.val() {
                        self.page.d.next = self.page.q.val() + 1;
                    }
                    self.finished.d.next = true;
                    self.state.d.next = ControllerAccess::Idle;
                }
            }
            _ => {
                self.data.d.next = self.lane_commands.data_out.val() | self.events.data_out.val();
                if self.begins.val() {
                    self.finished.d.next = true;
                    if self.mailbox.address.val() == self.offset_of_control.val() {
                        self.data.d.next = bit_cast::<32, 2>(self.writes.q.val());
                        if self.mailbox.write.val() {
                            self.writes.d.next = self.mailbox.data_in.val().get_bits::<2>(0);
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_stripe_place.val() {
                        self.data.d.next = bit_cast::<32, 25>(self.stripe_place.q.val());
                        if self.mailbox.write.val() {
                            self.stripe_place.d.next = self.mailbox.data_in.val().get_bits::<25>(0);
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_stripe_sequence.val() {
                        self.data.d.next = self.sequence.q.val();
                        if self.mailbox.write.val() {
                            self.sequence.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_map_page.val() {
                        self.data.d.next = self.page.q.val();
                        if self.mailbox.write.val() {
                            self.page.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_map_location.val() {
                        self.data.d.next = self.location.q.val();
                        if self.mailbox.write.val() {
                            self.location.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_map_expected.val() {
                        self.data.d.next = self.expected.q.val();
                        if self.mailbox.write.val() {
                            self.expected.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_stripe_index.val() {
                        self.data.d.next = self.index.q.val();
                        if self.mailbox.write.val() {
                            self.index.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_stripe_entry_sequence.val() {
                        self.data.d.next = self.entry_sequence.q.val();
                        if self.mailbox.write.val() {
                            self.entry_sequence.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_page_limit.val() {
                        self.data.d.next = self.limit.q.val();
                        if self.mailbox.write.val() {
                            self.limit.d.next = self.mailbox.data_in.val();
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_status.val() {
                        self.data.d.next = self.status_now.val();
                    }
                    if self.mailbox.address.val() == self.offset_of_identification.val() {
                        self.data.d.next = self.identity.val();
                    }
                    if self.mailbox.address.val() == self.offset_of_stripes_begun.val() {
                        self.data.d.next = self.begun.q.val();
                    }
                    if self.mailbox.address.val() == self.offset_of_map_found.val() {
                        self.data.d.next = self.found.q.val();
                    }
                    if self.mailbox.address.val() == self.offset_of_corrected_bits.val() {
                        self.data.d.next = self.corrected_bits.val();
                    }
                    if self.mailbox.address.val() == self.offset_of_corrected_records.val() {
                        self.data.d.next = self.corrected_records.val();
                    }
                    if self.mailbox.address.val().get_bit(11) {
                        self.finished.d.next = false;
                        self.state.d.next = ControllerAccess::Tables;
                    } else if self.mailbox.address.val().get_bit(10) {
                        self.finished.d.next = false;
                        self.state.d.next = ControllerAccess::Pages;
                    }
                    if (self.mailbox.address.val() == self.offset_of_map_next.val()) & !self.mailbox.write.val() {
                        self.kind_code.d.next = bits::<2>(0);
                        self.steps_page.d.next = true;
                        self.finished.d.next = false;
                        self.state.d.next = ControllerAccess::AskingMap;
                    }
                    if self.mailbox.write.val() {
                        if self.mailbox.address.val() == self.offset_of_stripe_open.val() {
                            self.stripe_shape.d.next = self.mailbox.data_in.val().get_bits::<18>(0);
                            self.finished.d.next = false;
                            self.state.d.next = ControllerAccess::Opening;
                        }
                        if self.mailbox.address.val() == self.offset_of_flush.val() {
                            self.flushed.d.next = true;
                        }
                        if self.mailbox.address.val() == self.offset_of_fence_advance.val() {
                            self.fence_advanced.d.next = true;
                        }
                        if self.mailbox.address.val() == self.offset_of_move_order.val() {
                            self.order.d.next = self.mailbox.data_in.val();
                            self.ordered.d.next = true;
                        }
                        if self.mailbox.address.val() == self.offset_of_map_operation.val() {
                            self.kind_code.d.next = self.mailbox.data_in.val().get_bits::<2>(0);
                            self.steps_page.d.next = false;
                            self.finished.d.next = false;
                            self.state.d.next = ControllerAccess::AskingMap;
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_stripe_entry.val() {
                        self.entry.d.next = self.mailbox.data_in.val().get_bits::<16>(0);
                        self.entry_written.d.next = self.mailbox.write.val();
                        self.finished.d.next = false;
                        self.state.d.next = ControllerAccess::AskingStripe;
                    }
                }
            }
        }
        self.tables.write.next = self.mailbox.write.val();
        self.tables.address.next = bit_cast::<12, 11>(self.mailbox.address.val().get_bits::<11>(0));
        self.tables.data_in.next = self.mailbox.data_in.val();
        self.pages.write.next = self.mailbox.write.val();
        self.pages.address.next = bit_cast::<12, 10>(self.mailbox.address.val().get_bits::<10>(0));
        self.pages.data_in.next = self.mailbox.data_in.val();
        self.mailbox.done.next = self.finished.q.val();
        self.mailbox.data_out.next = self.data.q.val();

        // Stripes: the number of the stripe follows from its place.
        self.stripe_number.next = bit_cast::<24, 8>(self.stripe_place.q.val().get_bits::<8>(0))
            | (bit_cast::<24, 1>(self.stripe_place.q.val().get_bits::<1>(8)) << self.plane_shift.val())
            | (bit_cast::<24, 3>(self.stripe_place.q.val().get_bits::<3>(9)) << self.die_shift.val())
            | (bit_cast::<24, 12>(self.stripe_place.q.val().get_bits::<12>(12)) << self.block_shift.val());
        self.stripe_queue.sink.valid.next = self.stripe_pushed.q.val();
        self.stripe_queue.sink.last.next = false;
        self.stripe_queue.sink.data.next = bit_cast::<97, 1>(self.stripe_place.q.val().get_bits::<1>(24))
            | (bit_cast::<97, 24>(self.stripe_number.val()) << 1)
            | (bit_cast::<97, 32>(self.sequence.q.val()) << 25)
            | (bit_cast::<97, 14>(self.stripe_shape.q.val().get_bits::<14>(0)) << 57)
            | (bit_cast::<97, 3>(self.stripe_place.q.val().get_bits::<3>(9)) << 71)
            | (bit_cast::<97, 1>(self.stripe_place.q.val().get_bits::<1>(8)) << 74)
            | (bit_cast::<97, 12>(self.stripe_place.q.val().get_bits::<12>(12)) << 75)
            | (bit_cast::<97, 8>(self.stripe_place.q.val().get_bits::<8>(0)) << 87)
            | (bit_cast::<97, 2>(self.stripe_shape.q.val().get_bits::<2>(16)) << 95);
        StreamSource::<97>::link(&mut self.stripes, &mut self.stripe_queue.source);
        if self.stripe_queue.source.valid.val() & self.stripes.ready.val() {
            self.begun.d.next = self.begun.q.val() + 1;
        }
        self.entries.write.next = self.entry_written.q.val();
        self.entries.stripe.next = bit_cast::<A, 32>(self.index.q.val());
        self.entries.state.next = self.state_names[0].val();
        for i in 0..4 {
            if self.entry.q.val().get_bits::<2>(0) == self.state_number[i].val() {
                self.entries.state.next = self.state_names[i].val();
            }
        }
        self.entries.parity_lane.next = self.entry.q.val().get_bits::<4>(2);
        self.entries.members.next = self.entry.q.val().get_bits::<10>(6);
        self.entries.sequence.next = self.entry_sequence.q.val();
        if self.state.q.val() == ControllerAccess::Opening {
            self.entries.write.next = true;
            self.entries.stripe.next = bit_cast::<A, 24>(self.stripe_number.val())
                | (bit_cast::<A, 1>(self.stripe_place.q.val().get_bits::<1>(24)) << self.group_shift.val());
            self.entries.state.next = self.state_names[1].val();
            self.entries.parity_lane.next = self.stripe_shape.q.val().get_bits::<4>(10);
            self.entries.members.next = self.stripe_shape.q.val().get_bits::<10>(0);
            self.entries.sequence.next = self.sequence.q.val();
        }
        // Commands to lanes.
        self.command_valid.next = self.lane_commands.valid.val();
        self.lane_commands.ready.next = self.command_ready.val();
        self.command_operation.next = self.lane_commands.operation.val();
        self.command_place.next = self.lane_commands.place.val();
        self.command_planes.next = self.lane_commands.planes.val();
        self.command_span.next = self.lane_commands.span.val();
        self.command_tag.next = self.lane_commands.tag.val();
        self.fast.next = self.lane_commands.fast.val();
        self.transfers.next = self.lane_commands.transfers.val();

        self.order_queue.sink.valid.next = self.ordered.q.val();
        self.order_queue.sink.data.next = self.order.q.val();
        self.order_queue.sink.last.next = false;
        StreamSource::<32>::link(&mut self.move_orders, &mut self.order_queue.source);
        self.operations.kind.next = self.kinds[2].val();
        if self.kind_code.q.val() == bits::<2>(1) {
            self.operations.kind.next = self.kinds[0].val();
        }
        if self.kind_code.q.val() == bits::<2>(2) {
            self.operations.kind.next = self.kinds[1].val();
        }
        self.operations.tag.next = bits::<8>(0);
        self.operations.page.next = self.page.q.val().get_bits::<P>(0);
        self.operations.expected.next = bit_cast::<L, 32>(self.expected.q.val());
        self.operations.location.next = bit_cast::<L, 32>(self.location.q.val());
        self.writes_allowed.next = self.writes.q.val().get_bit(0);
        self.moves_allowed.next = self.writes.q.val().get_bit(1);
        self.page_limit.next = self.limit.q.val();
        self.flush.next = self.flushed.q.val();
        self.fence_advance.next = self.fence_advanced.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("page_bits", self.plane_shift.val().into())])
    }
}
