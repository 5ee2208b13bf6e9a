//! Checks that a netlist keeps its contract, so that everything behind it can rely on it.

use crate::engine::error::{Error, Result};
use hardpath_netlist::{Circuit, Design, NetId, NetKind, Operation, PortDirection};

/// Checks order, indices, directions and widths of a design.
pub(super) fn check(design: &Design) -> Result<()> {
    if design.top.0 as usize >= design.circuits.len() {
        return Err(Error::Netlist {
            path: "design".to_string(),
            problem: format!("top circuit {} of {} circuits", design.top.0, design.circuits.len()),
        });
    }
    for (index, circuit) in design.circuits.iter().enumerate() {
        Checker { design, circuit, index }.circuit()?;
    }
    Ok(())
}

struct Checker<'a> {
    design: &'a Design,
    circuit: &'a Circuit,
    index: usize,
}

impl Checker<'_> {
    fn require(&self, holds: bool, problem: impl FnOnce() -> String) -> Result<()> {
        if holds { Ok(()) } else { Err(Error::Netlist { path: self.circuit.name.clone(), problem: problem() }) }
    }

    fn width(&self, net: NetId, width: u32, what: &str) -> Result<()> {
        let nets = self.circuit.nets.len();
        self.require((net.0 as usize) < nets, || format!("{what}: net {} of {nets} nets", net.0))?;
        let found = self.circuit.net(net);
        self.require(found.width == width, || {
            format!("{what}: net `{}` is {} bits wide, {width} are wanted", found.name, found.width)
        })
    }

    fn circuit(&self) -> Result<()> {
        let circuit = self.circuit;
        self.require(circuit.drivers.len() == circuit.nets.len(), || {
            format!("{} drivers for {} nets", circuit.drivers.len(), circuit.nets.len())
        })?;
        for (value, operation, width) in circuit.values.iter() {
            self.require(width > 0, || format!("value {} is 0 bits wide", value.0))?;
            if let Operation::Net(net) = operation {
                self.width(*net, width, "a value reads")?;
            }
        }
        for (net, driver) in circuit.nets.iter().zip(&circuit.drivers) {
            self.require(net.width > 0, || format!("net `{}` is 0 bits wide", net.name))?;
            if let Some(driver) = driver {
                self.require((driver.0 as usize) < circuit.values.len(), || {
                    format!("net `{}`: driver missing", net.name)
                })?;
                let width = circuit.values.width(*driver);
                self.require(width == net.width, || {
                    format!("net `{}` is {} bits wide, its driver {width}", net.name, net.width)
                })?;
            }
            self.kind(&net.name, &net.kind)?;
        }
        for port in &circuit.ports {
            let is_port = circuit.nets.get(port.0 as usize).is_some_and(|net| matches!(net.kind, NetKind::Port(_)));
            self.require(is_port, || format!("port net {} is no port", port.0))?;
        }
        for (net, index) in circuit.nets.iter().zip(0..) {
            let listed = !matches!(net.kind, NetKind::Port(_)) || circuit.ports.contains(&NetId(index));
            self.require(listed, || format!("port `{}` is not in the list of ports", net.name))?;
        }
        self.state()?;
        self.instances()
    }

    fn kind(&self, name: &str, kind: &NetKind) -> Result<()> {
        let circuit = self.circuit;
        let holds = match kind {
            NetKind::Port(_) | NetKind::Local | NetKind::Constant(_) => true,
            NetKind::RegisterOutput(index) | NetKind::RegisterInput(index) => *index < circuit.registers.len(),
            NetKind::Connection { instance, port, direction } => {
                circuit.instances.get(*instance).is_some_and(|found| {
                    let child = self.design.circuits.get(found.circuit.0 as usize);
                    let net =
                        child.and_then(|child| child.ports.get(*port).and_then(|net| child.nets.get(net.0 as usize)));
                    net.is_some_and(|net| net.kind == NetKind::Port(*direction))
                })
            }
            NetKind::MemoryInput(memory) => *memory < circuit.memories.len(),
            NetKind::MemoryOutput { memory, read } => {
                circuit.memories.get(*memory).is_some_and(|memory| *read < memory.reads.len())
            }
        };
        self.require(holds, || format!("net `{name}`: {kind:?} does not exist"))
    }

    fn state(&self) -> Result<()> {
        for register in &self.circuit.registers {
            let width = register.initial.width();
            self.width(register.output, width, "register output")?;
            self.width(register.input, width, "register input")?;
            self.width(register.clock, 1, "register clock")?;
        }
        for memory in &self.circuit.memories {
            self.require(memory.width > 0 && memory.address_bits > 0, || {
                format!("memory `{}`: {} bits, {} address bits", memory.name, memory.width, memory.address_bits)
            })?;
            for (address, constant) in &memory.initial {
                let fits = memory.address_bits >= 64 || address >> memory.address_bits == 0;
                self.require(fits && constant.width() == memory.width, || {
                    format!("memory `{}`: initial word {address} does not fit", memory.name)
                })?;
            }
            if let Some(write) = &memory.write {
                self.width(write.clock, 1, "write clock")?;
                self.width(write.enable, 1, "write enable")?;
                self.width(write.address, memory.address_bits, "write address")?;
                self.width(write.data, memory.width, "write data")?;
            }
            for read in &memory.reads {
                self.width(read.address, memory.address_bits, "read address")?;
                self.width(read.data, memory.width, "read data")?;
                if let Some(clock) = read.clock {
                    self.width(clock, 1, "read clock")?;
                }
            }
        }
        Ok(())
    }

    fn instances(&self) -> Result<()> {
        for (index, instance) in self.circuit.instances.iter().enumerate() {
            let child = instance.circuit.0 as usize;
            self.require(child < self.index, || {
                format!("instance `{}` is of circuit {child}, which does not come before its parent", instance.name)
            })?;
            let ports = &self.design.circuits[child].ports;
            self.require(ports.len() == instance.connections.len(), || {
                format!(
                    "instance `{}`: {} connections, {} ports",
                    instance.name,
                    instance.connections.len(),
                    ports.len()
                )
            })?;
            for (port, connection) in instance.connections.iter().enumerate() {
                let inner = self.design.circuits[child].net(ports[port]);
                self.width(*connection, inner.width, &format!("port `{}` of `{}`", inner.name, instance.name))?;
                let NetKind::Port(direction) = inner.kind else { continue };
                let wanted = NetKind::Connection { instance: index, port, direction };
                let found = self.circuit.net(*connection);
                self.require(found.kind == wanted, || {
                    format!("net `{}` is {:?}, connected as {wanted:?}", found.name, found.kind)
                })?;
                let driven = direction == PortDirection::Output || self.circuit.driver(*connection).is_some();
                self.require(driven, || format!("input `{}` of `{}` is not driven", inner.name, instance.name))?;
            }
        }
        Ok(())
    }
}
