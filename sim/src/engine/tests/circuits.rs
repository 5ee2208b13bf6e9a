//! rust-hdl circuits: typed ports, and lockstep with rust-hdl's own stepping.

use crate::engine::{Boundaries, Error, NetRef, Options, PortValue, Simulator};
use crate::port_enum;
use hardpath_netlist::Constant as NetConstant;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::*;
use std::collections::BTreeMap;

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    Collect,
    Emit,
}

port_enum!(Phase { Idle, Collect, Emit });

/// Adds three inputs, then emits the sum until taken; keeps a history in RAM and looks words up in a ROM.
#[derive(LogicBlock)]
struct Collector {
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub data: Signal<In, Bits<40>>,
    pub offset: Signal<In, Signed<12>>,
    pub ready: Signal<Out, Bit>,
    pub phase_out: Signal<Out, Phase>,
    pub sum_out: Signal<Out, Bits<40>>,
    pub wide: Signal<Out, Bits<100>>,
    pub history: Signal<Out, Bits<40>>,
    pub table: Signal<Out, Bits<9>>,
    pub negative: Signal<Out, Signed<12>>,
    pub take: Signal<In, Bit>,
    phase: DFF<Phase>,
    sum: DFFWithInit<Bits<40>>,
    left: DFF<Bits<2>>,
    words: RAM<Bits<40>, 3>,
    place: DFF<Bits<3>>,
    lookup: ROM<Bits<9>, 3>,
    held: DFF<Signed<12>>,
    taken: Signal<Local, Bit>,
}

impl Collector {
    fn new() -> Self {
        let table: BTreeMap<Bits<3>, Bits<9>> = (0..8).map(|index: u64| (index.into(), (index * 61).into())).collect();
        Self {
            clock: Default::default(),
            valid: Default::default(),
            data: Default::default(),
            offset: Default::default(),
            ready: Default::default(),
            phase_out: Default::default(),
            sum_out: Default::default(),
            wide: Default::default(),
            history: Default::default(),
            table: Default::default(),
            negative: Default::default(),
            take: Default::default(),
            phase: Default::default(),
            sum: DFFWithInit::new(0x12_3456_789A.into()),
            left: Default::default(),
            words: Default::default(),
            place: Default::default(),
            lookup: ROM::new(table),
            held: Default::default(),
            taken: Default::default(),
        }
    }
}

impl Logic for Collector {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, phase, sum, left, place, held);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        self.taken.next = self.valid.val() & (self.phase.q.val() != Phase::Emit);
        self.ready.next = self.taken.val();
        self.words.write_enable.next = self.taken.val();
        self.words.write_address.next = self.place.q.val();
        self.words.write_data.next = self.sum.q.val();
        self.words.read_address.next = self.place.q.val() - 2;
        self.lookup.address.next = self.place.q.val();
        self.held.d.next = self.held.q.val() + self.offset.val();
        match self.phase.q.val() {
            Phase::Idle => {
                if self.taken.val() {
                    self.sum.d.next = self.data.val();
                    self.left.d.next = 1.into();
                    self.phase.d.next = Phase::Collect;
                }
            }
            Phase::Collect => {
                if self.taken.val() {
                    self.sum.d.next = self.sum.q.val() + self.data.val();
                    self.left.d.next = self.left.q.val() - 1;
                    if self.left.q.val() == 0 {
                        self.phase.d.next = Phase::Emit;
                        self.place.d.next = self.place.q.val() + 1;
                    }
                }
            }
            Phase::Emit => {
                if self.take.val() {
                    self.phase.d.next = Phase::Idle;
                }
            }
        }
        self.phase_out.next = self.phase.q.val();
        self.sum_out.next = self.sum.q.val();
        self.wide.next = bit_cast::<100, 40>(self.sum.q.val()) << 55;
        self.history.next = self.words.read_data.val();
        self.table.next = self.lookup.data.val();
        self.negative.next = -self.held.q.val();
    }
}

/// Two collectors in a row.
#[derive(LogicBlock)]
struct Pair {
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub data: Signal<In, Bits<40>>,
    pub offset: Signal<In, Signed<12>>,
    pub take: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub sum: Signal<Out, Bits<40>>,
    pub wide: Signal<Out, Bits<100>>,
    pub phase: Signal<Out, Phase>,
    pub history: Signal<Out, Bits<40>>,
    pub table: Signal<Out, Bits<9>>,
    pub negative: Signal<Out, Signed<12>>,
    first: Collector,
    second: Collector,
}

impl Pair {
    fn new() -> Self {
        Self {
            clock: Default::default(),
            valid: Default::default(),
            data: Default::default(),
            offset: Default::default(),
            take: Default::default(),
            ready: Default::default(),
            sum: Default::default(),
            wide: Default::default(),
            phase: Default::default(),
            history: Default::default(),
            table: Default::default(),
            negative: Default::default(),
            first: Collector::new(),
            second: Collector::new(),
        }
    }
}

impl Logic for Pair {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, first, second);
        self.first.valid.next = self.valid.val();
        self.first.data.next = self.data.val();
        self.first.offset.next = self.offset.val();
        self.second.valid.next = self.first.phase_out.val() == Phase::Emit;
        self.second.data.next = self.first.sum_out.val();
        self.second.offset.next = self.first.negative.val();
        self.first.take.next = self.second.ready.val();
        self.second.take.next = self.take.val();
        self.ready.next = self.first.ready.val();
        self.sum.next = self.second.sum_out.val();
        self.wide.next = self.first.wide.val() ^ self.second.wide.val();
        self.phase.next = self.second.phase_out.val();
        self.history.next = self.second.history.val();
        self.table.next = self.first.table.val();
        self.negative.next = self.second.negative.val();
    }
}

fn connected() -> Box<Pair> {
    let mut uut = Box::new(Pair::new());
    uut.clock.connect();
    uut.valid.connect();
    uut.data.connect();
    uut.offset.connect();
    uut.take.connect();
    uut.connect_all();
    uut
}

#[test]
fn a_hierarchy_steps_like_rust_hdl_in_every_policy() {
    for boundaries in [Boundaries::Automatic, Boundaries::All, Boundaries::None] {
        let mut random = StdRng::seed_from_u64(5);
        let mut uut = connected();
        let mut sim = Simulator::build_with(&*uut, Options { boundaries, ..Options::default() }).unwrap();
        let valid = sim.port(&uut.valid).unwrap();
        let data = sim.port(&uut.data).unwrap();
        let offset = sim.port(&uut.offset).unwrap();
        let take = sim.port(&uut.take).unwrap();
        let (ready, phase) = (sim.port(&uut.ready).unwrap(), sim.port(&uut.phase).unwrap());
        let (sum, wide) = (sim.port(&uut.sum).unwrap(), sim.port(&uut.wide).unwrap());
        let (history, table) = (sim.port(&uut.history).unwrap(), sim.port(&uut.table).unwrap());
        let negative = sim.port(&uut.negative).unwrap();
        let inner_taken = sim.port(&uut.second.taken).unwrap();
        let inner_phase = sim.port(&uut.first.phase.q).unwrap();
        let mut transfers = 0;
        for cycle in 0..2000 {
            uut.valid.next = random.random_bool(0.7);
            uut.data.next = (random.random::<u64>() >> 24).into();
            uut.offset.next = signed_cast((random.random::<u64>() >> 52).into());
            uut.take.next = random.random_bool(0.5);
            uut.clock.next = Clock { clk: false };
            assert!(simulate(&mut *uut, 20));
            sim.set(valid, uut.valid.val()).unwrap();
            sim.set(data, uut.data.val()).unwrap();
            sim.set(offset, uut.offset.val()).unwrap();
            sim.set(take, uut.take.val()).unwrap();
            assert_eq!(sim.get(ready).unwrap(), uut.ready.val(), "cycle {cycle}");
            assert_eq!(sim.get(phase).unwrap(), uut.phase.val(), "cycle {cycle}");
            assert_eq!(sim.get(sum).unwrap(), uut.sum.val(), "cycle {cycle}");
            assert_eq!(sim.get(wide).unwrap(), uut.wide.val(), "cycle {cycle}");
            assert_eq!(sim.get(history).unwrap(), uut.history.val(), "cycle {cycle}");
            assert_eq!(sim.get(table).unwrap(), uut.table.val(), "cycle {cycle}");
            assert_eq!(sim.get(negative).unwrap(), uut.negative.val(), "cycle {cycle}");
            assert_eq!(sim.get(inner_taken).unwrap(), uut.second.taken.val(), "cycle {cycle}");
            assert_eq!(sim.get(inner_phase).unwrap(), uut.first.phase.q.val(), "cycle {cycle}");
            transfers += u32::from(uut.second.ready.val());
            sim.tick();
            uut.clock.next = Clock { clk: true };
            assert!(simulate(&mut *uut, 20));
        }
        assert!(transfers > 200, "{transfers} words reached the second collector");
    }
}

#[test]
fn nets_are_peeked_by_path() {
    let uut = connected();
    let mut sim = Simulator::build(&*uut).unwrap();
    let valid = sim.port(&uut.valid).unwrap();
    sim.set(valid, true).unwrap();
    assert_eq!(sim.peek("first.taken").unwrap(), NetConstant::bit(true));
    assert_eq!(sim.peek("first.sum").unwrap(), NetConstant::new(40, 0x12_3456_789Au64));
    sim.tick();
    assert_eq!(sim.peek("first.sum").unwrap(), NetConstant::zero(40));
    assert!(matches!(sim.peek("first.nothing"), Err(Error::UnknownNet { .. })));
    assert!(matches!(sim.peek("third.taken"), Err(Error::UnknownNet { .. })));
    let reference = sim.find_net("second.valid").unwrap();
    assert_eq!(reference, NetRef { instance: vec![1], net: reference.net });
}

#[test]
fn wrong_signals_ports_and_values_are_errors() {
    let uut = connected();
    let other = connected();
    let mut sim = Simulator::build(&*uut).unwrap();
    let mut second = Simulator::build(&*other).unwrap();
    assert!(matches!(sim.port(&other.valid), Err(Error::ForeignSignal { .. })));
    let sum = sim.port(&uut.sum).unwrap();
    assert!(matches!(second.get(sum), Err(Error::OtherSimulator { .. })));
    assert!(matches!(sim.set(sum, 0.into()), Err(Error::NotAnInput { .. })));
    let data = sim.port_named("data").unwrap();
    assert!(matches!(sim.set_u64(data, 1 << 40), Err(Error::Value { width: 40, .. })));
    assert!(matches!(sim.set_words(data, &[0, 0]), Err(Error::Buffer { expected: 1, actual: 2 })));
    assert!(matches!(sim.typed_port_named::<bool>("data"), Err(Error::Width { expected: 40, actual: 1, .. })));
    assert!(matches!(sim.port_named("nothing"), Err(Error::UnknownNet { .. })));
    let plan = sim.observation(&[]).unwrap();
    assert!(matches!(second.observe(&plan, &mut []), Err(Error::OtherSimulator { .. })));
    assert!(matches!(sim.memory_word(&[0], 0, 8), Err(Error::UnknownMemory { .. })));
    assert!(matches!(sim.tick_clocks(2), Err(Error::UnknownClock { domain: 1, domains: 1 })));
}

#[test]
fn reset_brings_back_the_initial_state() {
    let uut = connected();
    let mut sim = Simulator::build(&*uut).unwrap();
    let (valid, data) = (sim.port(&uut.valid).unwrap(), sim.port(&uut.data).unwrap());
    let first_sum = sim.peek("first.sum").unwrap();
    sim.set(valid, true).unwrap();
    sim.set(data, 7.into()).unwrap();
    sim.run(10);
    assert_ne!(sim.peek("first.sum").unwrap(), first_sum);
    assert_ne!(sim.memory_word(&[0], 0, 0).unwrap(), [0]);
    sim.reset();
    assert_eq!(sim.peek("first.sum").unwrap(), first_sum);
    assert_eq!(sim.memory_word(&[0], 0, 0).unwrap(), [0]);
    assert_eq!((sim.cycles(), sim.get_u64(data).unwrap()), (0, 0));
}

#[test]
fn a_simulator_moves_between_threads() {
    let uut = connected();
    let mut sim = Simulator::build(&*uut).unwrap();
    let ran = std::thread::spawn(move || {
        sim.run(100);
        sim.cycles()
    });
    assert_eq!(ran.join().unwrap(), 100);
}

#[test]
fn values_keep_their_bits_through_words() {
    let mut words = [0; 2];
    let wide: Bits<100> = (Bits::<100>::from(0xFEDC_BA98_7654_3210) << 33) | 5;
    wide.to_words(&mut words);
    assert_eq!(words, [(0xFEDC_BA98_7654_3210 << 33) | 5, 0xFEDC_BA98_7654_3210 >> 31]);
    assert_eq!(Bits::<100>::from_words(&words), wide);
    let mut word = [0];
    signed::<12>(-5).to_words(&mut word);
    assert_eq!((word, Signed::<12>::from_words(&word)), ([0xFFB], signed(-5)));
    Phase::Emit.to_words(&mut word);
    assert_eq!((word, Phase::from_words(&word), Phase::WIDTH), ([2], Phase::Emit, 2));
}
