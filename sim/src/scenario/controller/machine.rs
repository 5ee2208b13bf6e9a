//! A flash controller in simulation, with its chips, its host and its processor.

use super::host_queue::HostQueue;
use crate::engine::{RawPort, Simulator};
use crate::firmware::FirmwareRunner;
use crate::models::nand::{NandLane, NandModel, NandPorts};
use crate::models::{DeviceReply, DeviceRequest, PagePins, TableMemory, TableMemoryModel};
use crate::scenario::Trace;
use crate::waveform::{Recorder, TracedDesign};
use crate::workload::Operation;
use anyhow::{Context, Result};

/// A command of the host.
#[derive(Clone, Debug)]
pub struct Command {
    /// What is asked for.
    pub operation: Operation,
    /// Its tag, 0..=127.
    pub tag: u8,
    /// Logical page.
    pub page: u32,
    /// Of a write: the page.
    pub data: Vec<u8>,
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Completion {
    /// Its tag.
    pub tag: u8,
    /// 0 well, 1 the data is lost, 2 there is no such page.
    pub status: u8,
    /// Of a read that ended well: the page.
    pub data: Vec<u8>,
    /// The cycle in which the host had it.
    pub cycle: u64,
}

struct Ports {
    request: RawPort,
    write: RawPort,
    address: RawPort,
    data_in: RawPort,
    data_out: RawPort,
    done: RawPort,
    attention: RawPort,
}

/// The controller, and all that stands around it.
pub struct Machine {
    simulator: Simulator,
    ports: Ports,
    host_pins: PagePins,
    lanes: Vec<NandModel>,
    tables: [TableMemoryModel; 2],
    firmware: FirmwareRunner,
    recorder: Option<Recorder>,
    host: HostQueue,
    access_offered: bool,
    cycle: u64,
}

impl Machine {
    /// A controller whose host port is named `host`, its mailbox `mailbox`, and its lanes `nand_0` and so on.
    ///
    /// # Errors
    /// If the circuit has no such ports, or a recording cannot begin.
    pub fn new(
        mut simulator: Simulator,
        lanes: Vec<NandLane>,
        firmware: FirmwareRunner,
        trace: &Trace,
        period_ps: u64,
    ) -> Result<Self> {
        let mut port = |name: &str| simulator.port_named(name).with_context(|| format!("no port {name}"));
        let ports = Ports {
            request: port("mailbox_request")?,
            write: port("mailbox_write")?,
            address: port("mailbox_address")?,
            data_in: port("mailbox_data_in")?,
            data_out: port("mailbox_data_out")?,
            done: port("mailbox_done")?,
            attention: port("attention")?,
        };
        let host_pins = PagePins::named(&mut simulator, "commands", "completions", false)?;
        let mut models = Vec::new();
        for (number, lane) in lanes.into_iter().enumerate() {
            let ports = NandPorts::named(&mut simulator, &format!("nand_{number}"))
                .with_context(|| format!("the pins of lane {number}"))?;
            models.push(NandModel::new(ports, lane));
        }
        let mut table = |prefix, seed| {
            TableMemoryModel::new(&mut simulator, prefix, dram(seed))
                .with_context(|| format!("the memory port {prefix}"))
        };
        let tables = [table("page_memory", 1)?, table("stripe_memory", 2)?];
        let recorder = trace.recorder(&mut simulator, period_ps)?;
        Ok(Self {
            simulator,
            ports,
            host_pins,
            lanes: models,
            tables,
            firmware,
            recorder,
            host: HostQueue::new(),
            access_offered: false,
            cycle: 0,
        })
    }

    /// Power is off for so many nanoseconds, then comes back, and other firmware starts: what is not on flash is gone, commands
    /// of the host among it.
    ///
    /// # Errors
    /// What the engine says.
    pub fn cycle_power(&mut self, nanoseconds: u64, firmware: FirmwareRunner) -> Result<()> {
        self.simulator.reset();
        for lane in &mut self.lanes {
            lane.lane_mut().power_cut(nanoseconds);
            lane.circuit_was_reset();
        }
        for (table, seed) in self.tables.iter_mut().zip(1..) {
            table.replace(dram(seed));
        }
        self.firmware = firmware;
        self.host = HostQueue::new();
        self.access_offered = false;
        Ok(())
    }

    /// Cycles so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// The circuit.
    pub fn simulator(&mut self) -> &mut Simulator {
        &mut self.simulator
    }

    /// The processor.
    pub fn firmware(&mut self) -> &mut FirmwareRunner {
        &mut self.firmware
    }

    /// A lane's chips.
    pub fn lane(&mut self, lane: usize) -> &mut NandLane {
        self.lanes[lane].lane_mut()
    }

    /// Ends the recording, if there is any.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish_recording(&mut self) -> Result<Option<TracedDesign>> {
        Ok(self.recorder.take().map(Recorder::finish).transpose()?)
    }

    /// A lane's chips, to be looked at.
    pub fn chips(&self, lane: usize) -> &NandLane {
        self.lanes[lane].lane()
    }

    /// The memories of page map and stripe table.
    pub fn tables(&self) -> [&TableMemory; 2] {
        [self.tables[0].memory(), self.tables[1].memory()]
    }

    /// Queues a command.
    pub fn offer(&mut self, command: Command) {
        self.host.offer(command);
    }

    /// Commands that the controller has not taken.
    pub fn commands_waiting(&self) -> usize {
        self.host.waiting()
    }

    /// Completions since the last call.
    pub fn take_completions(&mut self) -> Vec<Completion> {
        self.host.take_completions()
    }

    /// One clock cycle.
    ///
    /// # Errors
    /// A rule of the flash bus that is broken, a completion without a command's data, or what firmware returns.
    pub fn step(&mut self) -> Result<()> {
        let reply = self.reply()?;
        let request = self.host.request();
        let cycle = self.cycle;
        self.clock(&request)?;
        self.host.take(&reply, cycle)
    }

    /// What the host port gives in this cycle.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn reply(&mut self) -> Result<DeviceReply> {
        self.drive()?;
        self.host_pins.reply(&mut self.simulator)
    }

    /// One clock cycle after a [`reply`](Self::reply): what the host gives in it.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn clock(&mut self, request: &DeviceRequest) -> Result<()> {
        self.host_pins.give_request(&mut self.simulator, request)?;
        self.sample()?;
        if let Some(recorder) = &mut self.recorder {
            recorder.cycle(&mut self.simulator)?;
        }
        self.simulator.run(1);
        self.cycle += 1;
        Ok(())
    }

    fn drive(&mut self) -> Result<()> {
        let Self { simulator, ports, .. } = self;
        for lane in &mut self.lanes {
            lane.drive(simulator)?;
        }
        for table in &mut self.tables {
            table.drive(simulator)?;
        }
        if !self.access_offered {
            simulator.set_u64(ports.request, u64::from(self.firmware.access().is_some()))?;
        }
        if !self.access_offered
            && let Some(access) = self.firmware.access()
        {
            simulator.set_u64(ports.write, u64::from(access.write.is_some()))?;
            simulator.set_u64(ports.address, u64::from(access.address))?;
            simulator.set_u64(ports.data_in, u64::from(access.write.unwrap_or(0)))?;
            self.access_offered = true;
        }
        Ok(())
    }

    fn sample(&mut self) -> Result<()> {
        let Self { simulator, ports, .. } = self;
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            lane.sample(simulator).with_context(|| format!("lane {number}, cycle {}", self.cycle))?;
        }
        for table in &mut self.tables {
            table.sample(simulator)?;
        }
        let interrupt = simulator.get_u64(ports.attention)? == 1;
        let mut answer = None;
        if self.access_offered && simulator.get_u64(ports.done)? == 1 {
            answer = Some(simulator.get_u64(ports.data_out)? as u32);
            self.access_offered = false;
        }
        self.firmware.pass(self.cycle, interrupt, answer).context("firmware")
    }
}

/// A table's memory: 150 to 240 ns from a request to its answer.
fn dram(seed: u64) -> TableMemory {
    TableMemory::new(20..=32, 1.0, seed)
}
