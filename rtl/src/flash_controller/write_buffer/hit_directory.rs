//! Which logical pages lie in the buffer.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Data slots of one stripe.
const SLOTS: usize = 18;
/// Slots of the buffer.
const ENTRIES: usize = 2 * SLOTS;

/// Finds the newest copy of a logical page among the 36 data slots of the buffer. A page that is entered takes the place of
/// the older copy, so that a logical page is found in one slot at most.
///
/// - Latency: 4 cycles from a lookup to its result, which holds for the cycle 2 cycles after the lookup; 3 cycles from
///   `insert` to the first lookup that sees it; 3 cycles from `check_page` to `check_found`.
/// - Throughput: 1 lookup per cycle; an insertion every 8 cycles.
/// - Back-pressure: none; results appear in the order of the lookups and cannot be held.
/// - Limits: a slot is entered when it has been cleared. Checks mean nothing in the 6 cycles from an insertion on.
#[derive(LogicBlock)]
pub struct HitDirectory {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A page is looked up.
    pub lookup: Signal<In, Bit>,
    /// The logical page.
    pub lookup_page: Signal<In, Bits<32>>,
    /// The result of the lookup four cycles before is shown.
    pub result_valid: Signal<Out, Bit>,
    /// The page lies in the buffer.
    pub hit: Signal<Out, Bit>,
    /// The part of the buffer; meaningful while `hit` is high.
    pub hit_buffer: Signal<Out, Bits<1>>,
    /// The slot; meaningful while `hit` is high.
    pub hit_slot: Signal<Out, Bits<5>>,
    /// A page is entered.
    pub insert: Signal<In, Bit>,
    /// Its logical page; meaningful while `insert` is high, as are the two that follow.
    pub insert_page: Signal<In, Bits<32>>,
    /// Its part of the buffer.
    pub insert_buffer: Signal<In, Bits<1>>,
    /// Its slot.
    pub insert_slot: Signal<In, Bits<5>>,
    /// All slots of a part of the buffer are cleared, bit per part.
    pub clear: Signal<In, Bits<2>>,
    /// The logical page to check.
    pub check_page: Signal<In, Bits<32>>,
    /// The page to check lies in the buffer.
    pub check_found: Signal<Out, Bit>,

    /// Part (bit 5) and slot of each entry.
    place: Vec<Constant<Bits<6>>>,

    pages: Vec<DFF<Bits<32>>>,
    valid: Vec<DFF<Bit>>,
    sought: DFF<Bit>,
    sought_page: DFF<Bits<32>>,
    compared: DFF<Bit>,
    low_equal: Vec<DFF<Bit>>,
    high_equal: Vec<DFF<Bit>>,
    matched: DFF<Bit>,
    entry_matches: Vec<DFF<Bit>>,
    found_valid: DFF<Bit>,
    found: DFF<Bit>,
    found_place: DFF<Bits<6>>,

    inserting: DFF<Bit>,
    inserting_place: DFF<Bits<6>>,
    replacing: DFF<Bit>,
    replacing_place: DFF<Bits<6>>,
    /// The page to enter or to check.
    key: DFF<Bits<32>>,
    key_low_equal: Vec<DFF<Bit>>,
    key_high_equal: Vec<DFF<Bit>>,
    is_found: DFF<Bit>,

    any_match: Signal<Local, Bit>,
    match_place: Signal<Local, Bits<6>>,
    any_key: Signal<Local, Bit>,
    key_matches: Signal<Local, Bit>,
}

impl Default for HitDirectory {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            lookup: Default::default(),
            lookup_page: Default::default(),
            result_valid: Default::default(),
            hit: Default::default(),
            hit_buffer: Default::default(),
            hit_slot: Default::default(),
            insert: Default::default(),
            insert_page: Default::default(),
            insert_buffer: Default::default(),
            insert_slot: Default::default(),
            clear: Default::default(),
            check_page: Default::default(),
            check_found: Default::default(),
            place: (0..ENTRIES).map(|entry| Constant::new((entry / SLOTS * 32 + entry % SLOTS).to_bits())).collect(),
            pages: vec![Default::default(); ENTRIES],
            valid: vec![Default::default(); ENTRIES],
            sought: Default::default(),
            sought_page: Default::default(),
            compared: Default::default(),
            low_equal: vec![Default::default(); ENTRIES],
            high_equal: vec![Default::default(); ENTRIES],
            matched: Default::default(),
            entry_matches: vec![Default::default(); ENTRIES],
            found_valid: Default::default(),
            found: Default::default(),
            found_place: Default::default(),
            inserting: Default::default(),
            inserting_place: Default::default(),
            replacing: Default::default(),
            replacing_place: Default::default(),
            key: Default::default(),
            key_low_equal: vec![Default::default(); ENTRIES],
            key_high_equal: vec![Default::default(); ENTRIES],
            is_found: Default::default(),
            any_match: Default::default(),
            match_place: Default::default(),
            any_key: Default::default(),
            key_matches: Default::default(),
        }
    }
}

impl Logic for HitDirectory {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sought, sought_page, compared, matched, found_valid, found, found_place);
        dff_setup!(self, clock, inserting, inserting_place, replacing, replacing_place, key, is_found);
        self.sought.d.next = self.lookup.val();
        self.sought_page.d.next = self.lookup_page.val();
        self.compared.d.next = self.sought.q.val();
        self.matched.d.next = self.compared.q.val();
        self.found_valid.d.next = self.matched.q.val();

        // A page is written while its entry is not valid, and becomes valid in the cycle in which the older copy ceases.
        self.inserting.d.next = self.insert.val();
        self.inserting_place.d.next =
            (bit_cast::<6, 1>(self.insert_buffer.val()) << 5) | bit_cast::<6, 5>(self.insert_slot.val());
        self.replacing.d.next = self.inserting.q.val();
        self.replacing_place.d.next = self.inserting_place.q.val();
        self.key.d.next = self.check_page.val();
        if self.insert.val() {
            self.key.d.next = self.insert_page.val();
        }

        self.any_match.next = false;
        self.match_place.next = bits::<6>(0);
        self.any_key.next = false;
        for i in 0..self.pages.len() {
            self.pages[i].clock.next = self.clock.val();
            self.valid[i].clock.next = self.clock.val();
            self.low_equal[i].clock.next = self.clock.val();
            self.high_equal[i].clock.next = self.clock.val();
            self.entry_matches[i].clock.next = self.clock.val();
            self.key_low_equal[i].clock.next = self.clock.val();
            self.key_high_equal[i].clock.next = self.clock.val();
            self.pages[i].d.next = self.pages[i].q.val();
            self.valid[i].d.next = self.valid[i].q.val();

            self.low_equal[i].d.next =
                self.pages[i].q.val().get_bits::<16>(0) == self.sought_page.q.val().get_bits::<16>(0);
            self.high_equal[i].d.next =
                self.pages[i].q.val().get_bits::<16>(16) == self.sought_page.q.val().get_bits::<16>(16);
            self.entry_matches[i].d.next =
                self.low_equal[i].q.val() & self.high_equal[i].q.val() & self.valid[i].q.val();
            if self.entry_matches[i].q.val() {
                self.any_match.next = true;
                self.match_place.next = self.match_place.val() | self.place[i].val();
            }

            self.key_low_equal[i].d.next =
                self.pages[i].q.val().get_bits::<16>(0) == self.key.q.val().get_bits::<16>(0);
            self.key_high_equal[i].d.next =
                self.pages[i].q.val().get_bits::<16>(16) == self.key.q.val().get_bits::<16>(16);
            self.key_matches.next =
                self.key_low_equal[i].q.val() & self.key_high_equal[i].q.val() & self.valid[i].q.val();
            if self.key_matches.val() {
                self.any_key.next = true;
            }
            if self.inserting.q.val() & (self.inserting_place.q.val() == self.place[i].val()) {
                self.pages[i].d.next = self.key.q.val();
            }
            if self.replacing.q.val() {
                self.valid[i].d.next = self.valid[i].q.val() & !self.key_matches.val();
                if self.replacing_place.q.val() == self.place[i].val() {
                    self.valid[i].d.next = true;
                }
            }
            if self.clear.val().get_bit(0) & !self.place[i].val().get_bit(5) {
                self.valid[i].d.next = false;
            }
            if self.clear.val().get_bit(1) & self.place[i].val().get_bit(5) {
                self.valid[i].d.next = false;
            }
        }
        self.found.d.next = self.any_match.val();
        self.found_place.d.next = self.match_place.val();
        self.is_found.d.next = self.any_key.val();

        self.result_valid.next = self.found_valid.q.val();
        self.hit.next = self.found.q.val();
        self.hit_buffer.next = self.found_place.q.val().get_bits::<1>(5);
        self.hit_slot.next = self.found_place.q.val().get_bits::<5>(0);
        self.check_found.next = self.is_found.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
