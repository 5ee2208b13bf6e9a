//! A table's memory at the ports of a circuit.

use super::table_memory::{TableMemory, TableMemorySignals};
use crate::engine::{RawPort, Result, Simulator};

/// Where a table's port stands among a circuit's.
#[derive(Clone, Copy, Debug)]
struct Ports {
    read_valid: RawPort,
    read_address: RawPort,
    read_ready: RawPort,
    response_valid: RawPort,
    response_data: RawPort,
    write_valid: RawPort,
    write_address: RawPort,
    write_data: RawPort,
    write_ready: RawPort,
}

/// A memory that a circuit reaches through the ports `PREFIX_read_valid` and so on.
///
/// Each cycle has two halves: [`TableMemoryModel::drive`] sets what the memory says, then, with the circuit settled,
/// [`TableMemoryModel::sample`] sees what the table offers.
#[derive(Debug)]
pub struct TableMemoryModel {
    ports: Ports,
    memory: TableMemory,
    set: Option<TableMemorySignals>,
}

impl TableMemoryModel {
    /// A memory at the ports with a prefix.
    ///
    /// # Errors
    /// If there are no such ports.
    pub fn new(sim: &mut Simulator, prefix: &str, memory: TableMemory) -> Result<Self> {
        let mut port = |name: &str| sim.port_named(&format!("{prefix}_{name}"));
        let ports = Ports {
            read_valid: port("read_valid")?,
            read_address: port("read_address")?,
            read_ready: port("read_ready")?,
            response_valid: port("response_valid")?,
            response_data: port("response_data")?,
            write_valid: port("write_valid")?,
            write_address: port("write_address")?,
            write_data: port("write_data")?,
            write_ready: port("write_ready")?,
        };
        Ok(Self { ports, memory, set: None })
    }

    /// The memory.
    pub fn memory(&self) -> &TableMemory {
        &self.memory
    }

    /// Power was off: the memory has lost its content, and a circuit that was reset is to be told everything again.
    pub fn replace(&mut self, memory: TableMemory) {
        self.memory = memory;
        self.set = None;
    }

    /// Sets what the memory says in this cycle.
    ///
    /// # Errors
    /// What the engine says.
    pub fn drive(&mut self, sim: &mut Simulator) -> Result<()> {
        let signals = self.memory.drive();
        if self.set == Some(signals) {
            return Ok(());
        }
        sim.set_u64(self.ports.read_ready, u64::from(signals.read_ready))?;
        sim.set_u64(self.ports.write_ready, u64::from(signals.write_ready))?;
        sim.set_u64(self.ports.response_valid, u64::from(signals.response.is_some()))?;
        sim.set_u64(self.ports.response_data, signals.response.unwrap_or(0))?;
        self.set = Some(signals);
        Ok(())
    }

    /// Sees, with the circuit settled, what the table offers in this cycle.
    ///
    /// # Errors
    /// What the engine says.
    pub fn sample(&mut self, sim: &mut Simulator) -> Result<()> {
        let read = match sim.get_u64(self.ports.read_valid)? {
            0 => None,
            _ => Some(sim.get_u64(self.ports.read_address)?),
        };
        let write = match sim.get_u64(self.ports.write_valid)? {
            0 => None,
            _ => Some((sim.get_u64(self.ports.write_address)?, sim.get_u64(self.ports.write_data)?)),
        };
        self.memory.clock(read, write);
        Ok(())
    }
}
