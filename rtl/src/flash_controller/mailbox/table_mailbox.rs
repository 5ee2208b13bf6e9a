//! Registers by which firmware reaches valid counts and plane health.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::mailbox::{Access, MailboxRegister, MailboxSink};
use crate::flash_controller::tables::CountSource;

/// Registers of [`TableMailbox`].
pub static TABLE_REGISTERS: &[MailboxRegister] = &[
    MailboxRegister {
        name: "count_index",
        offset: 0x000,
        reset: 0,
        access: Access::ReadWrite,
        description: "stripe or row of stripes, group on top, whose count `count` and `count_and_clear` read",
    },
    MailboxRegister {
        name: "count",
        offset: 0x004,
        reset: 0,
        access: Access::ReadOnly,
        description: "valid pages of the stripe or row `count_index`",
    },
    MailboxRegister {
        name: "count_and_clear",
        offset: 0x008,
        reset: 0,
        access: Access::ReadOnly,
        description: "as `count`; reading sets the count to zero, to be done when the blocks are erased",
    },
    MailboxRegister {
        name: "plane",
        offset: 0x010,
        reset: 0,
        access: Access::ReadWrite,
        description: "plane that `plane_failed` reads and writes: bit 0 plane, bits 3..1 die, bit 4 RAID group",
    },
    MailboxRegister {
        name: "plane_failed",
        offset: 0x014,
        reset: 0,
        access: Access::ReadWrite,
        description: "bits 9..0: lanes on which the plane `plane` has failed; stripes opened later do without them",
    },
];

/// What an access waits for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
enum AccessState {
    /// There is none.
    Idle,
    /// The counters take the request.
    AskCount,
    /// The counters answer.
    Count,
    /// The health of the plane is being read.
    Plane,
}

/// Mailbox of the lookup tables; registers as in [`TABLE_REGISTERS`]. `A` bits of count index, `C` bits of count.
///
/// - Latency: 1 cycle from `request` to `done`; 4 for `plane_failed`; for counts 6 and as long as the counters take to
///   find a free cycle.
/// - Throughput: one access at a time.
/// - Back-pressure: `done` is late.
/// - Limits: `A` and `C` 1..=32.
#[derive(LogicBlock)]
pub struct TableMailbox<const A: usize, const C: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The firmware's port.
    pub mailbox: MailboxSink,
    /// To the valid counts.
    pub counts: CountSource<A, C>,
    /// To the plane health: number of the word.
    pub plane: Signal<Out, Bits<5>>,
    /// To the plane health: the word is written.
    pub plane_write: Signal<Out, Bit>,
    /// To the plane health: the word to write.
    pub plane_mask: Signal<Out, Bits<10>>,
    /// From the plane health: the word of the number of two cycles before.
    pub plane_failed: Signal<In, Bits<10>>,

    offset_of_count_index: Constant<Bits<12>>,
    offset_of_count: Constant<Bits<12>>,
    offset_of_count_and_clear: Constant<Bits<12>>,
    offset_of_plane: Constant<Bits<12>>,
    offset_of_plane_failed: Constant<Bits<12>>,

    state: DFF<AccessState>,
    steps: DFF<Bits<2>>,
    count_index: DFF<Bits<A>>,
    clears: DFF<Bit>,
    plane_number: DFF<Bits<5>>,
    mask: DFF<Bits<10>>,
    mask_written: DFF<Bit>,
    data: DFF<Bits<32>>,
    finished: DFF<Bit>,
}

impl<const A: usize, const C: usize> Default for TableMailbox<A, C> {
    fn default() -> Self {
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(TABLE_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            mailbox: Default::default(),
            counts: Default::default(),
            plane: Default::default(),
            plane_write: Default::default(),
            plane_mask: Default::default(),
            plane_failed: Default::default(),
            offset_of_count_index: offset("count_index"),
            offset_of_count: offset("count"),
            offset_of_count_and_clear: offset("count_and_clear"),
            offset_of_plane: offset("plane"),
            offset_of_plane_failed: offset("plane_failed"),
            state: Default::default(),
            steps: Default::default(),
            count_index: Default::default(),
            clears: Default::default(),
            plane_number: Default::default(),
            mask: Default::default(),
            mask_written: Default::default(),
            data: Default::default(),
            finished: Default::default(),
        }
    }
}

impl<const A: usize, const C: usize> Logic for TableMailbox<A, C> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, steps, count_index, clears, plane_number, mask, mask_written, data, finished);
        self.finished.d.next = false;
        self.mask_written.d.next = false;
        self.counts.valid.next = false;
        match self.state.q.val() {
            AccessState::AskCount => {
                self.counts.valid.next = true;
                if self.counts.ready.val() {
                    self.state.d.next = AccessState::Count;
                }
            }
            AccessState::Count => {
                if self.counts.answer_valid.val() {
                    self.data.d.next = bit_cast::<32, C>(self.counts.answer_count.val());
                    self.finished.d.next = true;
                    self.state.d.next = AccessState::Idle;
                }
            }
            AccessState::Plane => {
                self.steps.d.next = self.steps.q.val() - 1;
                if !self.steps.q.val().any() {
                    self.data.d.next = bit_cast::<32, 10>(self.plane_failed.val());
                    self.finished.d.next = true;
                    self.state.d.next = AccessState::Idle;
                }
            }
            _ => {
                // In the cycle of `done`, the request is still that of the access done.
                if self.mailbox.request.val() & !self.finished.q.val() {
                    self.finished.d.next = true;
                    self.data.d.next = bits::<32>(0);
                    self.steps.d.next = bits::<2>(2);
                    self.clears.d.next = self.mailbox.address.val() == self.offset_of_count_and_clear.val();
                    if self.mailbox.address.val() == self.offset_of_count_index.val() {
                        self.data.d.next = bit_cast::<32, A>(self.count_index.q.val());
                        if self.mailbox.write.val() {
                            self.count_index.d.next = bit_cast::<A, 32>(self.mailbox.data_in.val());
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_plane.val() {
                        self.data.d.next = bit_cast::<32, 5>(self.plane_number.q.val());
                        if self.mailbox.write.val() {
                            self.plane_number.d.next = bit_cast::<5, 32>(self.mailbox.data_in.val());
                        }
                    }
                    if self.mailbox.address.val() == self.offset_of_plane_failed.val() {
                        self.mask.d.next = bit_cast::<10, 32>(self.mailbox.data_in.val());
                        self.mask_written.d.next = self.mailbox.write.val();
                        if !self.mailbox.write.val() {
                            self.state.d.next = AccessState::Plane;
                            self.finished.d.next = false;
                        }
                    }
                    if !self.mailbox.write.val()
                        & ((self.mailbox.address.val() == self.offset_of_count.val())
                            | (self.mailbox.address.val() == self.offset_of_count_and_clear.val()))
                    {
                        self.state.d.next = AccessState::AskCount;
                        self.finished.d.next = false;
                    }
                }
            }
        }
        self.counts.index.next = self.count_index.q.val();
        self.counts.clear.next = self.clears.q.val();
        self.plane.next = self.plane_number.q.val();
        self.plane_write.next = self.mask_written.q.val();
        self.plane_mask.next = self.mask.q.val();
        self.mailbox.done.next = self.finished.q.val();
        self.mailbox.data_out.next = self.data.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
