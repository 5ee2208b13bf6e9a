//! The controller's firmware as a task at its mailbox.
//!
//! It looks at the hardware when the mailbox calls for attention and otherwise every few microseconds: takes events, opens
//! stripes ahead of need, collects garbage, erases empty rows, retires what fails, and saves the buffer when power fails.

mod boot;
mod destage;
mod erases;
mod events;
mod headers;
mod marks;
mod moves;
mod report;
mod restore;
mod stripes;
mod sweep;

pub use report::{DegradedRead, FirmwareReport, RetiredDie};

use super::layout::{LANES, Layout, RowAddress, StripeDescriptor, StripeLocation};
use super::policy::{Firmware, PolicyParameters};
use super::processor::{FirmwareResult, Processor};
use super::rebuild::Rebuild;
use super::victims::MoveReason;
use erases::Erases;
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::mailbox::{
    CONTROLLER_REGISTERS, MailboxRegister, PAGE_REGISTERS, PAGE_WINDOW, TABLE_REGISTERS, TABLE_WINDOW,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

/// Cycles between two looks at the hardware if it does not call.
const PAUSE: u64 = 1_500;

/// Bit of `control`: pages that are moved go to the write buffer.
const MOVES_ALLOWED: u32 = 1 << 1;

/// Bits of `status`.
mod status {
    pub const ROOM_FOR_STRIPE: u32 = 1;
    pub const FLUSHING: u32 = 1 << 1;
    pub const FENCE_PASSED: u32 = 1 << 2;
    pub const COMMAND_WAITS: u32 = 1 << 3;
    pub const ROOM_FOR_ORDER: u32 = 1 << 4;
    pub const UNPLACED: u32 = 1 << 5;
}

/// Bits of `page_status`.
mod page_status {
    pub const UNDER_WAY: u32 = 1;
    pub const TAKES_BYTES: u32 = 1 << 1;
    pub const BYTES_WAIT: u32 = 1 << 2;
}

/// What the firmware is told when it is built.
#[derive(Clone, Copy, Debug)]
pub struct TaskOptions {
    /// Rows and stripes.
    pub layout: Layout,
    /// Limits of the policy.
    pub parameters: PolicyParameters,
    /// Logical pages of the host.
    pub logical_pages: u32,
    /// Bits of a page in its block, as the hardware numbers stripes.
    pub page_bits: u32,
    /// Bits of a location in the page map.
    pub location_bits: usize,
    /// Code of the records.
    pub code: RecordCode,
    /// Value of feature 01h that brings a chip into its run mode.
    pub run_mode: u8,
    /// Longest time of a program (tPROG), in cycles.
    pub longest_program: u64,
    /// Cycles from one stripe that the periodic sweep reads to the next.
    pub sweep_interval: u64,
    /// Firmware was not told of bad blocks: their marks stand in this column.
    pub marks: Option<u32>,
    /// Number of the first of firmware's own pages: beyond all logical pages.
    pub first_firmware_page: u32,
    /// The flash holds what was there before power failed: how the tables are made again from it.
    pub restore: Option<Rebuild>,
}

impl TaskOptions {
    /// The number of a stripe in its group, as the hardware counts.
    pub fn stripe_number(&self, stripe: StripeLocation) -> u32 {
        let bits = self.page_bits;
        stripe.page | stripe.plane << bits | stripe.row.die << (bits + 1) | stripe.row.block << (bits + 4)
    }

    /// The stripe of a number.
    pub fn stripe_of(&self, group: u32, number: u32) -> StripeLocation {
        let bits = self.page_bits;
        let row = RowAddress { group, die: number >> (bits + 1) & 7, block: number >> (bits + 4) };
        StripeLocation { row, plane: number >> bits & 1, page: number & ((1 << bits) - 1) }
    }

    /// Where the tables keep a stripe: its number, its group on top.
    pub fn stripe_index(&self, stripe: StripeLocation) -> u32 {
        self.stripe_number(stripe) | stripe.row.group << (self.location_bits - 7)
    }
}

/// An order to move a stripe that is not answered in full.
#[derive(Clone, Copy, Debug)]
struct StripeMove {
    remaining: u32,
    reason: MoveReason,
    begun: u64,
}

/// Group, lane, die, plane.
type Plane = (u32, u32, u32, u32);

/// The task.
pub struct ControllerTask {
    processor: Processor,
    options: TaskOptions,
    policy: Firmware,
    report: Rc<RefCell<FirmwareReport>>,
    /// Stripes opened, the oldest first, that may not be in the page map yet.
    unmapped: VecDeque<StripeDescriptor>,
    /// Stripes opened since the controller's reset.
    opened: u32,
    /// Stripes that have left `unmapped`.
    mapped: u32,
    /// The stripes opened last, for programs that fail.
    recent: VecDeque<StripeDescriptor>,
    /// The second stripe of a pair, to be opened next.
    second: Option<StripeDescriptor>,
    moves: HashMap<StripeLocation, StripeMove>,
    /// What the mover is to be told.
    orders: VecDeque<u32>,
    /// Orders that are not answered.
    ordered: u32,
    /// When a move was ordered or answered last.
    last_move: u64,
    last_flush: u64,
    /// Pages of stripes that the sweep reads which are not answered.
    checks: HashMap<StripeLocation, u32>,
    last_check: u64,
    erases: Erases,
    /// Lanes whose read of a header failed before it was their turn.
    early: Vec<u32>,
    /// Rows that are to be erased when reads under way have ended.
    fenced: Vec<(RowAddress, u16)>,
    /// Block and page of each place that had to be reconstructed or could not be programmed, by plane.
    damage: BTreeMap<Plane, HashSet<(u32, u32)>>,
    /// Dies given up since this firmware started: group, lane, die.
    retired: HashSet<(u32, u32, u32)>,
    evacuating: Option<u64>,
    writes_allowed: bool,
    counted: usize,
}

impl ControllerTask {
    /// A task whose flash is erased but for the blocks that `bad` tells, a bit a lane.
    pub fn new(
        processor: Processor,
        options: TaskOptions,
        report: Rc<RefCell<FirmwareReport>>,
        bad: impl FnMut(RowAddress) -> u16,
    ) -> Self {
        Self {
            processor,
            options,
            policy: Firmware::new(options.layout, options.parameters, bad),
            report,
            unmapped: VecDeque::new(),
            opened: 0,
            mapped: 0,
            recent: VecDeque::new(),
            second: None,
            moves: HashMap::new(),
            orders: VecDeque::new(),
            ordered: 0,
            last_move: 0,
            last_flush: 0,
            checks: HashMap::new(),
            last_check: 0,
            erases: Erases::default(),
            early: Vec::new(),
            fenced: Vec::new(),
            damage: BTreeMap::new(),
            retired: HashSet::new(),
            evacuating: None,
            writes_allowed: false,
            counted: 0,
        }
    }

    /// Runs until power fails.
    ///
    /// # Errors
    /// What the hardware should never say.
    pub async fn run(mut self) -> FirmwareResult {
        self.boot().await;
        let mut made_from = None;
        if let Some(way) = self.options.restore {
            let way = self.restore(way).await?;
            self.report.borrow_mut().restored.push(way);
            made_from = Some(way);
        }
        // The tables that were saved know of bad blocks.
        if let Some(column) = self.options.marks
            && made_from != Some(Rebuild::Tables)
        {
            self.read_marks(column).await;
        }
        self.note_bad_blocks();
        self.write("page_limit", self.options.logical_pages).await;
        self.write("control", MOVES_ALLOWED).await;
        self.report.borrow_mut().booted = Some(self.processor.cycle());
        while !self.processor.power_fails() {
            self.take_events().await;
            self.open_stripes().await;
            self.allow_writes(!self.policy.host_throttled()).await;
            self.sweep();
            self.collect().await;
            self.erase().await;
            self.note_state().await;
            self.processor.sleep(self.processor.cycle() + PAUSE).await;
        }
        self.destage().await
    }

    async fn allow_writes(&mut self, allowed: bool) {
        if self.writes_allowed != allowed {
            self.writes_allowed = allowed;
            self.write("control", u32::from(allowed) | MOVES_ALLOWED).await;
        }
    }

    async fn note_state(&mut self) {
        let corrected = [self.read("corrected_bits").await, self.read("corrected_records").await];
        let mut report = self.report.borrow_mut();
        [report.corrected_bits, report.corrected_records] = corrected;
        report.wear_spread = self.policy.wear_spread();
        report.free_rows = self.policy.free_rows();
        report.evacuating = self.policy.rows_to_evacuate() > 0;
        report.waiting = format!(
            "{} rows free, host writes {}; {} moves ordered and {} waiting, {} pages in rows to be emptied; {} rows fenced, {} \
             stripes not in the map",
            report.free_rows,
            if self.writes_allowed { "allowed" } else { "held" },
            self.ordered,
            self.orders.len(),
            self.policy.pages_leaving(),
            self.fenced.len(),
            self.unmapped.len(),
        );
        if let Some(begun) = self.evacuating
            && !self.policy.has_losses()
        {
            report.evacuations.push((begun, self.processor.cycle()));
            self.evacuating = None;
            self.processor.log("evacuated");
        }
    }

    fn note_bad_blocks(&self) {
        let rows = self.policy.rows().iter().enumerate().filter(|(_, row)| row.bad != 0);
        self.report.borrow_mut().bad_blocks =
            rows.map(|(index, row)| (self.options.layout.row(index), row.bad)).collect();
    }

    async fn status(&self) -> u32 {
        self.read("status").await
    }

    async fn read(&self, name: &str) -> u32 {
        self.processor.read(MailboxRegister::find(CONTROLLER_REGISTERS, name)).await
    }

    async fn write(&self, name: &str, value: u32) {
        self.processor.write(MailboxRegister::find(CONTROLLER_REGISTERS, name), value).await;
    }

    async fn read_page(&self, name: &str) -> u32 {
        self.processor.read_at(PAGE_WINDOW + MailboxRegister::find(PAGE_REGISTERS, name).offset).await
    }

    async fn write_page(&self, name: &str, value: u32) {
        self.processor.write_at(PAGE_WINDOW + MailboxRegister::find(PAGE_REGISTERS, name).offset, value).await;
    }

    async fn read_table(&self, name: &str) -> u32 {
        self.processor.read_at(TABLE_WINDOW + MailboxRegister::find(TABLE_REGISTERS, name).offset).await
    }

    async fn write_table(&self, name: &str, value: u32) {
        self.processor.write_at(TABLE_WINDOW + MailboxRegister::find(TABLE_REGISTERS, name).offset, value).await;
    }
}

/// A place as the mailbox's registers take it.
fn place(group: u32, die: u32, block: u32, plane: u32, page: u32) -> u32 {
    page | plane << 8 | die << 9 | block << 12 | group << 24
}
