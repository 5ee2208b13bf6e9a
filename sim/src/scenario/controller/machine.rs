//! A flash controller in simulation, with its chips, its host and its processor.

use crate::engine::{RawPort, Simulator};
use crate::firmware::FirmwareRunner;
use crate::models::nand::{NandLane, NandModel, NandPorts};
use crate::models::{DeviceReply, DeviceRequest, DeviceWord, TableMemory, TableMemoryModel};
use crate::scenario::Trace;
use crate::waveform::{Recorder, TracedDesign};
use crate::workload::{Operation, PAGE_BYTES};
use anyhow::{Context, Result, ensure};
use std::collections::VecDeque;

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
    command_valid: RawPort,
    command_operation: RawPort,
    command_tag: RawPort,
    command_page: RawPort,
    command_ready: RawPort,
    write_valid: RawPort,
    write_data: RawPort,
    write_last: RawPort,
    write_ready: RawPort,
    read_valid: RawPort,
    read_tag: RawPort,
    read_data: RawPort,
    read_last: RawPort,
    read_ready: RawPort,
    completion_valid: RawPort,
    completion_tag: RawPort,
    completion_status: RawPort,
    completion_ready: RawPort,
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
    lanes: Vec<NandModel>,
    tables: [TableMemoryModel; 2],
    firmware: FirmwareRunner,
    recorder: Option<Recorder>,
    commands: VecDeque<Command>,
    command_offered: bool,
    words: VecDeque<([u64; 2], bool)>,
    word_offered: bool,
    access_offered: bool,
    /// Bytes of pages that have come, by tag.
    pages: Vec<Vec<u8>>,
    completions: Vec<Completion>,
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
            command_valid: port("commands_valid")?,
            command_operation: port("commands_operation")?,
            command_tag: port("commands_tag")?,
            command_page: port("commands_page")?,
            command_ready: port("commands_ready")?,
            write_valid: port("write_data_valid")?,
            write_data: port("write_data_data")?,
            write_last: port("write_data_last")?,
            write_ready: port("write_data_ready")?,
            read_valid: port("read_data_valid")?,
            read_tag: port("read_data_tag")?,
            read_data: port("read_data_data")?,
            read_last: port("read_data_last")?,
            read_ready: port("read_data_ready")?,
            completion_valid: port("completions_valid")?,
            completion_tag: port("completions_tag")?,
            completion_status: port("completions_status")?,
            completion_ready: port("completions_ready")?,
            request: port("mailbox_request")?,
            write: port("mailbox_write")?,
            address: port("mailbox_address")?,
            data_in: port("mailbox_data_in")?,
            data_out: port("mailbox_data_out")?,
            done: port("mailbox_done")?,
            attention: port("attention")?,
        };
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
        let mut machine = Self {
            simulator,
            ports,
            lanes: models,
            tables,
            firmware,
            recorder,
            commands: VecDeque::new(),
            command_offered: false,
            words: VecDeque::new(),
            word_offered: false,
            access_offered: false,
            pages: vec![Vec::new(); 256],
            completions: Vec::new(),
            cycle: 0,
        };
        machine.take_all()?;
        Ok(machine)
    }

    /// The host takes what it is given, always.
    fn take_all(&mut self) -> Result<()> {
        for ready in [self.ports.read_ready, self.ports.completion_ready] {
            self.simulator.set_u64(ready, 1)?;
        }
        Ok(())
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
        self.commands.clear();
        self.command_offered = false;
        self.words.clear();
        self.word_offered = false;
        self.access_offered = false;
        self.pages.iter_mut().for_each(Vec::clear);
        self.completions.clear();
        self.take_all()
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
        self.commands.push_back(command);
    }

    /// Commands that the controller has not taken.
    pub fn commands_waiting(&self) -> usize {
        self.commands.len()
    }

    /// Completions since the last call.
    pub fn take_completions(&mut self) -> Vec<Completion> {
        std::mem::take(&mut self.completions)
    }

    /// One clock cycle.
    ///
    /// # Errors
    /// A rule of the flash bus that is broken, a completion without a command's data, or what firmware returns.
    pub fn step(&mut self) -> Result<()> {
        self.drive()?;
        self.drive_host()?;
        self.sample_host()?;
        self.sample()?;
        self.end_cycle()
    }

    /// What the host port gives in this cycle, with a host of its own at the pins.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn reply(&mut self) -> Result<DeviceReply> {
        self.drive()?;
        let Self { simulator, ports, .. } = self;
        let mut words = [0; 2];
        simulator.get_words(ports.read_data, &mut words)?;
        let word = match simulator.get_u64(ports.read_valid)? {
            0 => None,
            _ => Some(DeviceWord {
                tag: simulator.get_u64(ports.read_tag)? as u8,
                word: words,
                last: simulator.get_u64(ports.read_last)? == 1,
                first_block: 0,
            }),
        };
        let completion = match simulator.get_u64(ports.completion_valid)? {
            0 => None,
            _ => Some((
                simulator.get_u64(ports.completion_tag)? as u8,
                simulator.get_u64(ports.completion_status)? as u8,
            )),
        };
        Ok(DeviceReply {
            takes_command: simulator.get_u64(ports.command_ready)? == 1,
            takes_word: simulator.get_u64(ports.write_ready)? == 1,
            word,
            completion,
        })
    }

    /// One clock cycle after a [`reply`](Self::reply): what the host gives in it.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn clock(&mut self, request: &DeviceRequest) -> Result<()> {
        let Self { simulator, ports, .. } = self;
        simulator.set_u64(ports.command_valid, u64::from(request.command.is_some()))?;
        if let Some(command) = request.command {
            simulator.set_u64(ports.command_operation, command.operation as u64)?;
            simulator.set_u64(ports.command_tag, command.tag.into())?;
            simulator.set_u64(ports.command_page, command.page.into())?;
        }
        simulator.set_u64(ports.write_valid, u64::from(request.word.is_some()))?;
        if let Some((word, last)) = request.word {
            simulator.set_words(ports.write_data, &word)?;
            simulator.set_u64(ports.write_last, last.into())?;
        }
        simulator.set_u64(ports.read_ready, request.takes_word.into())?;
        simulator.set_u64(ports.completion_ready, request.takes_completion.into())?;
        self.sample()?;
        self.end_cycle()
    }

    fn end_cycle(&mut self) -> Result<()> {
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

    /// What the queue of commands gives.
    fn drive_host(&mut self) -> Result<()> {
        let Self { simulator, ports, .. } = self;
        if !self.command_offered {
            simulator.set_u64(ports.command_valid, u64::from(!self.commands.is_empty()))?;
        }
        if !self.command_offered
            && let Some(command) = self.commands.front()
        {
            simulator.set_u64(ports.command_operation, command.operation as u64)?;
            simulator.set_u64(ports.command_tag, u64::from(command.tag))?;
            simulator.set_u64(ports.command_page, u64::from(command.page))?;
            self.command_offered = true;
        }
        if !self.word_offered {
            simulator.set_u64(ports.write_valid, u64::from(!self.words.is_empty()))?;
        }
        if !self.word_offered
            && let Some((word, last)) = self.words.front()
        {
            simulator.set_words(ports.write_data, word)?;
            simulator.set_u64(ports.write_last, u64::from(*last))?;
            self.word_offered = true;
        }
        Ok(())
    }

    /// What becomes of the queue of commands.
    fn sample_host(&mut self) -> Result<()> {
        let Self { simulator, ports, .. } = self;
        if self.command_offered && simulator.get_u64(ports.command_ready)? == 1 {
            if let Some(command) = self.commands.pop_front()
                && command.operation == Operation::Write
            {
                let count = command.data.len().div_ceil(16);
                self.words.extend(
                    command.data.chunks(16).enumerate().map(|(index, bytes)| (word(bytes), index + 1 == count)),
                );
            }
            self.command_offered = false;
        }
        if self.word_offered && simulator.get_u64(ports.write_ready)? == 1 {
            self.words.pop_front();
            self.word_offered = false;
        }
        if simulator.get_u64(ports.read_valid)? == 1 {
            let tag = simulator.get_u64(ports.read_tag)? as usize;
            let mut words = [0; 2];
            simulator.get_words(ports.read_data, &mut words)?;
            let page = &mut self.pages[tag];
            page.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            if simulator.get_u64(ports.read_last)? == 1 {
                ensure!(page.len() == PAGE_BYTES, "tag {tag}: {} bytes of a page came", page.len());
            }
        }
        if simulator.get_u64(ports.completion_valid)? == 1 {
            let tag = simulator.get_u64(ports.completion_tag)? as u8;
            let status = simulator.get_u64(ports.completion_status)? as u8;
            let data = std::mem::take(&mut self.pages[usize::from(tag)]);
            self.completions.push(Completion { tag, status, data, cycle: self.cycle });
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

fn word(bytes: &[u8]) -> [u64; 2] {
    let half = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .take(8)
            .enumerate()
            .fold(0, |word, (place, byte)| word | u64::from(*byte) << (8 * place))
    };
    [half(0), half(8)]
}
