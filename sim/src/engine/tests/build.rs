//! Builds circuits by hand.

use hardpath_netlist::{
    Circuit, CircuitId, Constant, Design, Instance, Memory, Net, NetId, NetKind, NetType, PortDirection, ReadPort,
    Register, ValueArena, ValueId, WritePort,
};
use std::collections::BTreeMap;

/// A circuit in the making.
pub struct Builder {
    pub circuit: Circuit,
}

/// A child instance: its outputs by port, and how to drive its inputs.
pub struct Placed {
    pub connections: Vec<NetId>,
}

impl Builder {
    pub fn new(name: &str) -> Self {
        Self {
            circuit: Circuit {
                name: name.to_string(),
                rust_type: name.to_string(),
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
            },
        }
    }

    pub fn net(&mut self, name: &str, width: u32, net_type: NetType, kind: NetKind) -> NetId {
        self.circuit.nets.push(Net { name: name.to_string(), width, net_type, kind });
        self.circuit.drivers.push(None);
        NetId(self.circuit.nets.len() as u32 - 1)
    }

    pub fn value(&mut self, net: NetId) -> ValueId {
        let width = self.circuit.net(net).width;
        self.circuit.values.net(net, width)
    }

    pub fn clock(&mut self, name: &str) -> NetId {
        let net = self.net(name, 1, NetType::Clock, NetKind::Port(PortDirection::Input));
        self.circuit.ports.push(net);
        net
    }

    pub fn input(&mut self, name: &str, width: u32) -> ValueId {
        let net = self.net(name, width, NetType::Bits, NetKind::Port(PortDirection::Input));
        self.circuit.ports.push(net);
        self.value(net)
    }

    pub fn output(&mut self, name: &str, value: ValueId) -> NetId {
        let width = self.circuit.values.width(value);
        let net = self.net(name, width, NetType::Bits, NetKind::Port(PortDirection::Output));
        self.circuit.ports.push(net);
        self.drive(net, value);
        net
    }

    pub fn local(&mut self, name: &str, value: ValueId) -> NetId {
        let width = self.circuit.values.width(value);
        let net = self.net(name, width, NetType::Bits, NetKind::Local);
        self.drive(net, value);
        net
    }

    pub fn drive(&mut self, net: NetId, value: ValueId) {
        self.circuit.drivers[net.0 as usize] = Some(value);
    }

    /// A register; drive the second net.
    pub fn register(&mut self, name: &str, clock: NetId, initial: Constant) -> (ValueId, NetId) {
        let width = initial.width();
        let index = self.circuit.registers.len();
        let output = self.net(name, width, NetType::Bits, NetKind::RegisterOutput(index));
        let input = self.net(&format!("{name}_next"), width, NetType::Bits, NetKind::RegisterInput(index));
        self.circuit.registers.push(Register { output, input, clock, initial });
        (self.value(output), input)
    }

    /// A memory; the address (of reads), then enable, address, data of the write port have to be driven.
    pub fn memory(
        &mut self,
        name: &str,
        (width, address_bits): (u32, u32),
        initial: BTreeMap<u64, Constant>,
        read_clock: Option<NetId>,
        write_clock: Option<NetId>,
    ) -> (ValueId, NetId, Option<(NetId, NetId, NetId)>) {
        let index = self.circuit.memories.len();
        let input = NetKind::MemoryInput(index);
        let data = self.net(
            &format!("{name}_read_data"),
            width,
            NetType::Bits,
            NetKind::MemoryOutput { memory: index, read: 0 },
        );
        let address = self.net(&format!("{name}_read_address"), address_bits, NetType::Bits, input.clone());
        let write = write_clock.map(|clock| {
            let enable = self.net(&format!("{name}_write_enable"), 1, NetType::Bits, input.clone());
            let address = self.net(&format!("{name}_write_address"), address_bits, NetType::Bits, input.clone());
            let data = self.net(&format!("{name}_write_data"), width, NetType::Bits, input.clone());
            WritePort { clock, address, data, enable }
        });
        let nets = write.as_ref().map(|write| (write.enable, write.address, write.data));
        self.circuit.memories.push(Memory {
            name: name.to_string(),
            width,
            word_type: NetType::Bits,
            address_bits,
            initial,
            write,
            reads: vec![ReadPort { clock: read_clock, address, data }],
            no_collision: false,
        });
        (self.value(data), address, nets)
    }

    /// An instance; inputs have to be driven.
    pub fn instance(&mut self, name: &str, id: CircuitId, child: &Circuit) -> Placed {
        let instance = self.circuit.instances.len();
        let connections: Vec<NetId> = child
            .ports
            .iter()
            .enumerate()
            .map(|(port, net)| {
                let inner = child.net(*net);
                let NetKind::Port(direction) = inner.kind else { panic!("a port is a port") };
                let kind = NetKind::Connection { instance, port, direction };
                self.net(&format!("{name}_{}", inner.name), inner.width, inner.net_type.clone(), kind)
            })
            .collect();
        self.circuit.instances.push(Instance { name: name.to_string(), circuit: id, connections: connections.clone() });
        Placed { connections }
    }

    pub fn finish(mut self) -> Circuit {
        self.circuit.output_dependencies = vec![vec![]; self.circuit.ports.len()];
        self.circuit
    }
}

/// A design of one circuit.
pub fn single(builder: Builder) -> Design {
    Design { circuits: vec![builder.finish()], top: CircuitId(0) }
}
