//! A lane's chips at the ports of a circuit in simulation.

use super::lane::NandLane;
use super::pins::{DevicePins, HostPins};
use crate::engine::{RawPort, Result as EngineResult, Simulator};

/// The pins of one lane, as the circuit names them.
#[derive(Clone, Copy, Debug)]
pub struct NandPorts {
    /// CE# of the chips.
    pub chip_enable_n: RawPort,
    /// CLE.
    pub command_latch: RawPort,
    /// ALE.
    pub address_latch: RawPort,
    /// WE#, or CLK.
    pub write_enable_n: RawPort,
    /// RE#, or W/R#.
    pub read_enable_n: RawPort,
    /// WP#.
    pub write_protect_n: RawPort,
    /// DQ from the controller.
    pub data_out: RawPort,
    /// The controller drives DQ.
    pub data_drive: RawPort,
    /// DQS from the controller.
    pub strobe_out: RawPort,
    /// The controller drives DQS.
    pub strobe_drive: RawPort,
    /// DQ from the chips. Driven by the model.
    pub data_in: RawPort,
    /// DQS from the chips. Driven by the model.
    pub strobe_in: RawPort,
    /// R/B# of the chips. Driven by the model.
    pub ready_busy_n: RawPort,
}

impl NandPorts {
    /// The ports of an interface named `prefix`, as in `nand` or `lanes_3_nand`.
    ///
    /// # Errors
    /// If the circuit has no such ports.
    pub fn named(sim: &mut Simulator, prefix: &str) -> EngineResult<Self> {
        let mut port = |field: &str| sim.port_named(&format!("{prefix}_{field}"));
        Ok(Self {
            chip_enable_n: port("chip_enable_n")?,
            command_latch: port("command_latch")?,
            address_latch: port("address_latch")?,
            write_enable_n: port("write_enable_n")?,
            read_enable_n: port("read_enable_n")?,
            write_protect_n: port("write_protect_n")?,
            data_out: port("data_out")?,
            data_drive: port("data_drive")?,
            strobe_out: port("strobe_out")?,
            strobe_drive: port("strobe_drive")?,
            data_in: port("data_in")?,
            strobe_in: port("strobe_in")?,
            ready_busy_n: port("ready_busy_n")?,
        })
    }

    fn host(&self, sim: &mut Simulator) -> EngineResult<HostPins> {
        let mut bit = |port| sim.get_u64(port).map(|value| value == 1);
        Ok(HostPins {
            command_latch: bit(self.command_latch)?,
            address_latch: bit(self.address_latch)?,
            write_enable_n: bit(self.write_enable_n)?,
            read_enable_n: bit(self.read_enable_n)?,
            write_protect_n: bit(self.write_protect_n)?,
            data_drive: bit(self.data_drive)?,
            strobe_out: bit(self.strobe_out)?,
            strobe_drive: bit(self.strobe_drive)?,
            chip_enable_n: sim.get_u64(self.chip_enable_n)? as u8,
            data_out: sim.get_u64(self.data_out)? as u8,
        })
    }
}

/// A [`NandLane`] at the ports of a circuit.
///
/// Each cycle has two halves: [`NandModel::drive`] sets the chips' pins from earlier cycles alone, then, with the circuit
/// settled, [`NandModel::sample`] sees the controller's. Both are called once a cycle; cycles in which the controller's
/// pins stand still may be passed by [`NandModel::skip`] instead.
#[derive(Debug)]
pub struct NandModel {
    ports: NandPorts,
    lane: NandLane,
    set: Option<DevicePins>,
    chips: u8,
}

impl NandModel {
    /// A lane's chips at ports.
    pub fn new(ports: NandPorts, lane: NandLane) -> Self {
        let chips = ((1_u16 << lane.config().chips) - 1) as u8;
        Self { ports, lane, set: None, chips }
    }

    /// The chips.
    pub fn lane(&self) -> &NandLane {
        &self.lane
    }

    /// The chips, to inject failures, cut power, load contents.
    pub fn lane_mut(&mut self) -> &mut NandLane {
        &mut self.lane
    }

    /// The chips without the ports.
    pub fn into_lane(self) -> NandLane {
        self.lane
    }

    /// The circuit at the ports was reset: the pins are to be set again.
    pub fn circuit_was_reset(&mut self) {
        self.set = None;
    }

    /// Sets the chips' pins for this cycle.
    ///
    /// # Errors
    /// What the engine says.
    pub fn drive(&mut self, sim: &mut Simulator) -> EngineResult<()> {
        let pins = self.lane.drive();
        if self.set == Some(pins) {
            return Ok(());
        }
        sim.set_u64(self.ports.data_in, u64::from(pins.data_in))?;
        sim.set_u64(self.ports.strobe_in, u64::from(pins.strobe_in))?;
        sim.set_u64(self.ports.ready_busy_n, u64::from(pins.ready_busy_n & self.chips))?;
        self.set = Some(pins);
        Ok(())
    }

    /// Sees, with the circuit settled, what the controller drives in this cycle.
    ///
    /// # Errors
    /// A rule of the bus that is broken, or what the engine says.
    pub fn sample(&mut self, sim: &mut Simulator) -> anyhow::Result<()> {
        let mut pins = self.ports.host(sim)?;
        pins.chip_enable_n |= !self.chips;
        self.lane.step(pins)?;
        Ok(())
    }

    /// The next cycle in which a pin of the chips may change although the controller's stand still.
    pub fn next_event(&self) -> u64 {
        self.lane.next_event()
    }

    /// Passes cycles in which the controller's pins stand still, at most up to [`NandModel::next_event`]; how many.
    pub fn skip(&mut self, cycles: u64) -> u64 {
        self.lane.skip(cycles)
    }
}
