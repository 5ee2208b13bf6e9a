//! A netlist written by hand that has every kind of net a waveform shows.
//!
//! ```text
//! sample ── clock, word_valid, word_ready, word_data[64], wide[130], limit = constant
//!   ├─ left  (worker)   and  right (worker), both fed by the same word
//!   └─ worker: state register (enum), total register (signed), header (struct), ready driven by state
//! ```

use hardpath_netlist::{
    Circuit, CircuitId, Constant, Design, EnumType, Instance, Net, NetId, NetKind, NetType, PortDirection, Register,
    ValueArena, ValueId,
};

/// State names of the worker's state machine.
pub const STATES: [&str; 3] = ["Idle", "Busy", "Done"];

struct CircuitBuilder(Circuit);

impl CircuitBuilder {
    fn new(name: &str) -> Self {
        Self(Circuit {
            name: name.to_owned(),
            rust_type: name.to_owned(),
            documentation: String::new(),
            nets: vec![],
            ports: vec![],
            instances: vec![],
            registers: vec![],
            memories: vec![],
            enums: vec![],
            body: vec![],
            groups: vec![],
            values: ValueArena::default(),
            drivers: vec![],
            output_dependencies: vec![],
        })
    }

    fn net(&mut self, name: &str, width: u32, net_type: NetType, kind: NetKind) -> NetId {
        self.0.nets.push(Net { name: name.to_owned(), width, net_type, kind });
        self.0.drivers.push(None);
        NetId(self.0.nets.len() as u32 - 1)
    }

    fn input(&mut self, name: &str, width: u32, net_type: NetType) -> NetId {
        let net = self.net(name, width, net_type, NetKind::Port(PortDirection::Input));
        self.0.ports.push(net);
        net
    }

    fn output(&mut self, name: &str, width: u32, net_type: NetType) -> NetId {
        let net = self.net(name, width, net_type, NetKind::Port(PortDirection::Output));
        self.0.ports.push(net);
        net
    }

    fn local(&mut self, name: &str, width: u32, net_type: NetType) -> NetId {
        self.net(name, width, net_type, NetKind::Local)
    }

    fn register(&mut self, name: &str, width: u32, net_type: NetType, clock: NetId) -> (NetId, NetId) {
        let index = self.0.registers.len();
        let output = self.net(name, width, net_type.clone(), NetKind::RegisterOutput(index));
        let input = self.net(&format!("{name}_next"), width, net_type, NetKind::RegisterInput(index));
        self.0.registers.push(Register { output, input, clock, initial: Constant::zero(width) });
        (output, input)
    }

    fn read(&mut self, net: NetId) -> ValueId {
        let width = self.0.net(net).width;
        self.0.values.net(net, width)
    }

    fn drive(&mut self, net: NetId, value: ValueId) {
        self.0.drivers[net.0 as usize] = Some(value);
    }

    fn alias(&mut self, net: NetId, source: NetId) {
        let value = self.read(source);
        self.drive(net, value);
    }

    fn instance(&mut self, name: &str, circuit: CircuitId, child: &Circuit) -> Vec<NetId> {
        let instance = self.0.instances.len();
        let connections: Vec<NetId> = child
            .ports
            .iter()
            .enumerate()
            .map(|(port, id)| {
                let net = child.net(*id);
                let NetKind::Port(direction) = net.kind else { panic!("{} is a port", net.name) };
                let kind = NetKind::Connection { instance, port, direction };
                self.net(&format!("{name}_{}", net.name), net.width, net.net_type.clone(), kind)
            })
            .collect();
        self.0.instances.push(Instance { name: name.to_owned(), circuit, connections: connections.clone() });
        connections
    }
}

fn worker() -> Circuit {
    let mut worker = CircuitBuilder::new("worker");
    worker.0.enums.push(EnumType {
        name: "WorkerState".to_owned(),
        variants: STATES.iter().map(|name| (*name).to_owned()).collect(),
        width: 2,
    });
    let clock = worker.input("clock", 1, NetType::Clock);
    let data = worker.input("word_data", 64, NetType::Bits);
    let ready = worker.output("word_ready", 1, NetType::Bits);
    let (state, state_next) = worker.register("state", 2, NetType::Enum(0), clock);
    let (total, total_next) = worker.register("total", 16, NetType::Signed, clock);
    // Fields that lie within a word, across words, and in the second word alone.
    let fields = vec![("kind".to_owned(), 0, 4), ("length".to_owned(), 4, 70), ("tail".to_owned(), 74, 26)];
    let header = worker.local("header", 100, NetType::Struct(fields));
    let state_copy = worker.local("state_copy", 2, NetType::Enum(0));
    let idle = worker.net("IDLE", 2, NetType::Enum(0), NetKind::Constant(Constant::zero(2)));
    worker.alias(state_copy, state);
    let (state_value, total_value, data_value) = (worker.read(state), worker.read(total), worker.read(data));
    let zero = worker.0.values.constant(Constant::zero(2));
    let is_idle = worker.0.values.equal(state_value, zero);
    worker.drive(ready, is_idle);
    let low = worker.0.values.slice(data_value, 0, 16);
    let sum = worker.0.values.add(total_value, low);
    worker.drive(total_next, sum);
    let low = worker.0.values.slice(data_value, 0, 2);
    worker.drive(state_next, low);
    let wide = worker.0.values.concat(data_value, total_value);
    let wide = worker.0.values.zero_extend(wide, 100);
    worker.drive(header, wide);
    assert_eq!(worker.0.net(idle).name, "IDLE");
    worker.0
}

/// The design.
pub fn sample() -> Design {
    let worker = worker();
    let mut top = CircuitBuilder::new("sample");
    let clock = top.input("clock", 1, NetType::Clock);
    top.input("word_valid", 1, NetType::Bits);
    let data = top.input("word_data", 64, NetType::Bits);
    let ready = top.output("word_ready", 1, NetType::Bits);
    top.input("wide", 130, NetType::Bits);
    let limit = top.local("limit", 12, NetType::Bits);
    let value = top.0.values.constant(Constant::new(12, 0x0a5_u32));
    top.drive(limit, value);
    let mut readies = vec![];
    for name in ["left", "right"] {
        let connections = top.instance(name, CircuitId(0), &worker);
        top.alias(connections[0], clock);
        top.alias(connections[1], data);
        readies.push(connections[2]);
    }
    let (left, right) = (top.read(readies[0]), top.read(readies[1]));
    let both = top.0.values.and(left, right);
    top.drive(ready, both);
    Design { circuits: vec![worker, top.0], top: CircuitId(1) }
}
