//! What a design looks like after elaboration: shared circuits, registers, memories, enums, names and addresses.

#![allow(missing_docs)]

use hardpath_netlist::{Constant as Word, Design, NetKind, NetType, Operation, elaborate};
use rust_hdl::prelude::*;

fn design(block: &mut impl Block) -> Design {
    block.connect_all();
    elaborate(block).expect("the block elaborates").design
}

#[derive(LogicBlock)]
struct Delay {
    pub clock: Signal<In, Clock>,
    pub data_in: Signal<In, Bits<8>>,
    pub data_out: Signal<Out, Bits<8>>,
    stage: DFF<Bits<8>>,
    offset: Constant<Bits<8>>,
}

impl Delay {
    fn new(offset: u64) -> Self {
        Self {
            clock: Signal::default(),
            data_in: Signal::default(),
            data_out: Signal::default(),
            stage: DFF::default(),
            offset: Constant::new(offset.into()),
        }
    }
}

impl Logic for Delay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, stage);
        self.stage.d.next = self.data_in.val() + self.offset.val();
        self.data_out.next = self.stage.q.val();
    }
}

#[derive(LogicBlock)]
struct Chain {
    pub clock: Signal<In, Clock>,
    pub data_in: Signal<In, Bits<8>>,
    pub data_out: Signal<Out, Bits<8>>,
    link: Vec<Delay>,
    last: Delay,
}

impl Logic for Chain {
    #[hdl_gen]
    fn update(&mut self) {
        for k in 0..self.link.len() {
            self.link[k].clock.next = self.clock.val();
            self.link[k].data_in.next = self.data_in.val();
        }
        self.last.clock.next = self.clock.val();
        self.last.data_in.next = self.link[0].data_out.val();
        self.data_out.next = self.last.data_out.val();
    }
}

#[test]
fn identical_instances_share_a_circuit_and_other_constants_make_another() {
    let mut chain = Chain {
        clock: Signal::default(),
        data_in: Signal::default(),
        data_out: Signal::default(),
        link: (0..4).map(|_| Delay::new(1)).collect(),
        last: Delay::new(2),
    };
    let design = design(&mut chain);
    assert_eq!(design.circuits.len(), 3);
    assert_eq!(design.instance_counts(), [4, 1, 1]);
    let top = design.top();
    let names: Vec<_> = top.instances.iter().map(|instance| instance.name.as_str()).collect();
    assert_eq!(names, ["link_0", "link_1", "link_2", "link_3", "last"]);
    assert!(top.output_dependencies.iter().all(Vec::is_empty), "outputs come from registers");
}

#[test]
fn signals_are_found_by_their_address_through_the_hierarchy() {
    let mut chain = Chain {
        clock: Signal::default(),
        data_in: Signal::default(),
        data_out: Signal::default(),
        link: (0..4).map(|_| Delay::new(1)).collect(),
        last: Delay::new(2),
    };
    chain.connect_all();
    let elaboration = elaborate(&chain).expect("the block elaborates");
    let address = |signal: &Signal<In, Bits<8>>| hardpath_netlist::AtomAddress {
        address: std::ptr::from_ref(signal) as usize,
        id: rust_hdl::core::atom::Atom::id(signal),
    };
    let (path, net) = &elaboration.atoms[&address(&chain.link[2].stage.d)];
    assert_eq!(path, &[2]);
    let circuit = elaboration.design.circuit(elaboration.design.top().instances[2].circuit);
    assert_eq!(circuit.net(*net).name, "stage_next");
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    WaitingForData,
    Done,
}

#[derive(LogicBlock)]
struct Machine {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    phase: DFF<Phase>,
    countdown: DFFWithInit<Bits<4>>,
    buffer: RAM<Bits<100>, 5>,
    table: SyncROM<Bits<8>, 2>,
    decode: ROM<Bits<8>, 2>,
    wide: Signal<Local, Bits<100>>,
}

impl Machine {
    fn new() -> Self {
        Self {
            clock: Signal::default(),
            start: Signal::default(),
            busy: Signal::default(),
            phase: DFF::default(),
            countdown: DFFWithInit::new(9.into()),
            buffer: RAM::from([bits::<100>(7), bits::<100>(0), bits::<100>(1 << 40)].into_iter()),
            table: SyncROM::from([1, 2, 3, 4].into_iter().map(bits::<8>)),
            decode: ROM::from([0x10, 0x20].into_iter().map(bits::<8>)),
            wide: Signal::default(),
        }
    }
}

impl Logic for Machine {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, phase, countdown);
        self.buffer.read_clock.next = self.clock.val();
        self.buffer.write_clock.next = self.clock.val();
        self.buffer.read_address.next = 3.into();
        self.buffer.write_address.next = 4.into();
        self.buffer.write_data.next = 0.into();
        self.buffer.write_enable.next = false;
        self.table.clock.next = self.clock.val();
        self.table.address.next = 1.into();
        self.decode.address.next = 0.into();
        self.wide.next = self.buffer.read_data.val();
        self.busy.next = self.wide.val().any() | self.decode.data.val().any() | self.table.data.val().any();
        match self.phase.q.val() {
            Phase::Idle => {
                if self.start.val() {
                    self.phase.d.next = Phase::WaitingForData;
                }
            }
            Phase::WaitingForData => self.phase.d.next = Phase::Done,
            Phase::Done => self.phase.d.next = Phase::Idle,
        }
        self.countdown.d.next = self.countdown.q.val() - 1;
    }
}

#[test]
fn primitives_become_registers_and_memories_with_their_initial_values() {
    let design = design(&mut Machine::new());
    let top = design.top();
    assert_eq!(design.circuits.len(), 1);
    let registers: Vec<_> = top
        .registers
        .iter()
        .map(|register| (top.net(register.output).name.as_str(), register.initial.to_u64().unwrap()))
        .collect();
    assert_eq!(registers, [("phase", 0), ("countdown", 9)]);
    let memories: Vec<_> = top
        .memories
        .iter()
        .map(|memory| (memory.name.as_str(), memory.width, memory.address_bits, memory.write.is_some()))
        .collect();
    assert_eq!(memories, [("buffer", 100, 5, true), ("table_", 8, 2, false), ("decode", 8, 2, false)]);
    let buffer: Vec<_> = top.memories[0].initial.iter().map(|(address, word)| (*address, word.to_u64())).collect();
    assert_eq!(buffer, [(0, Some(7)), (2, Some(1 << 40))]);
    assert_eq!(top.memories[1].initial.len(), 4);
    assert_eq!(top.memories[2].initial[&1], Word::new(8, 0x20u32));
    assert!(top.memories[1].reads[0].clock.is_some() && top.memories[2].reads[0].clock.is_none());
}

#[test]
fn enum_variants_are_named_constants() {
    let design = design(&mut Machine::new());
    let top = design.top();
    let waiting = top.net(top.find_net("PHASE_WAITING_FOR_DATA").expect("a constant net"));
    assert_eq!(waiting.kind, NetKind::Constant(Word::new(2, 1u32)));
    assert_eq!(waiting.net_type, NetType::Enum(0));
    assert_eq!(top.enums[0].variants, ["Idle", "WaitingForData", "Done"]);
}

#[derive(LogicBlock)]
struct Accumulate {
    pub data: [Signal<In, Bits<8>>; 4],
    pub total: Signal<Out, Bits<8>>,
    pub running: Signal<Out, Bits<8>>,
    sum: Signal<Local, Bits<8>>,
}

impl Logic for Accumulate {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = 0.into();
        self.running.next = 0.into();
        for k in 0..4 {
            self.sum.next = self.sum.val() ^ self.data[k].val();
            if self.sum.val().any() {
                self.running.next = self.sum.val();
            }
        }
        self.total.next = self.sum.val();
    }
}

#[test]
fn only_nets_that_read_each_others_intermediate_values_are_grouped() {
    let mut block = Accumulate {
        data: std::array::from_fn(|_| Signal::default()),
        total: Signal::default(),
        running: Signal::default(),
        sum: Signal::default(),
    };
    let design = design(&mut block);
    let top = design.top();
    let names: Vec<Vec<_>> =
        top.groups.iter().map(|group| group.iter().map(|net| top.net(*net).name.as_str()).collect()).collect();
    assert_eq!(names, [["running", "sum"]]);
    let total = top.driver(top.find_net("total").unwrap()).unwrap();
    assert!(matches!(top.values.operation(total), Operation::Xor(..)), "the local is substituted");
    assert_eq!(top.output_dependencies[4], [0, 1, 2, 3]);
}

#[test]
fn elaboration_is_deterministic() {
    let first = format!("{:?}", design(&mut Machine::new()).top().body);
    let second = format!("{:?}", design(&mut Machine::new()).top().body);
    assert_eq!(first, second);
}
