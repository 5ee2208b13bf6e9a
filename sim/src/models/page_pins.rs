//! A port of tagged page commands as pins of a simulated circuit, from either side.

use anyhow::{Context, Result};

use super::{DeviceCommand, DeviceReply, DeviceRequest, DeviceWord};
use crate::engine::{RawPort, Simulator};
use crate::workload::Operation;

/// The pins.
pub struct PagePins {
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
    /// First and last block of a command and first block of a word, of a circuit that tells them.
    blocks: Option<[RawPort; 3]>,
}

impl PagePins {
    /// Those of a circuit whose command and completion ports have these names, and which tells blocks of pages or not.
    ///
    /// # Errors
    /// If there are no such ports.
    pub fn named(simulator: &mut Simulator, command: &str, completion: &str, tells_blocks: bool) -> Result<Self> {
        let mut port = |interface: &str, name: &str| {
            let name = format!("{interface}_{name}");
            simulator.port_named(&name).with_context(|| format!("no port {name}"))
        };
        Ok(Self {
            command_valid: port(command, "valid")?,
            command_operation: port(command, "operation")?,
            command_tag: port(command, "tag")?,
            command_page: port(command, "page")?,
            command_ready: port(command, "ready")?,
            write_valid: port("write_data", "valid")?,
            write_data: port("write_data", "data")?,
            write_last: port("write_data", "last")?,
            write_ready: port("write_data", "ready")?,
            read_valid: port("read_data", "valid")?,
            read_tag: port("read_data", "tag")?,
            read_data: port("read_data", "data")?,
            read_last: port("read_data", "last")?,
            read_ready: port("read_data", "ready")?,
            completion_valid: port(completion, "valid")?,
            completion_tag: port(completion, "tag")?,
            completion_status: port(completion, "status")?,
            completion_ready: port(completion, "ready")?,
            blocks: match tells_blocks {
                true => Some([
                    port(command, "first_block")?,
                    port(command, "last_block")?,
                    port("read_data", "first_block")?,
                ]),
                false => None,
            },
        })
    }

    /// What a circuit that is a device gives.
    ///
    /// # Errors
    /// What the engine says.
    pub fn reply(&self, simulator: &mut Simulator) -> Result<DeviceReply> {
        let mut reply = DeviceReply {
            takes_command: simulator.get_u64(self.command_ready)? == 1,
            takes_word: simulator.get_u64(self.write_ready)? == 1,
            ..DeviceReply::default()
        };
        if simulator.get_u64(self.read_valid)? == 1 {
            let mut word = [0; 2];
            simulator.get_words(self.read_data, &mut word)?;
            let tag = simulator.get_u64(self.read_tag)? as u8;
            let last = simulator.get_u64(self.read_last)? == 1;
            let first_block = match self.blocks {
                Some([_, _, port]) => simulator.get_u64(port)? as u8,
                None => 0,
            };
            reply.word = Some(DeviceWord { tag, word, last, first_block });
        }
        if simulator.get_u64(self.completion_valid)? == 1 {
            let tag = simulator.get_u64(self.completion_tag)? as u8;
            reply.completion = Some((tag, simulator.get_u64(self.completion_status)? as u8));
        }
        Ok(reply)
    }

    /// Gives a circuit that is a device what its host asks for.
    ///
    /// # Errors
    /// What the engine says.
    pub fn give_request(&self, simulator: &mut Simulator, request: &DeviceRequest) -> Result<()> {
        simulator.set_u64(self.command_valid, request.command.is_some().into())?;
        if let Some(command) = request.command {
            simulator.set_u64(self.command_operation, command.operation as u64)?;
            simulator.set_u64(self.command_tag, command.tag.into())?;
            simulator.set_u64(self.command_page, command.page.into())?;
            if let Some([first, last, _]) = self.blocks {
                simulator.set_u64(first, command.blocks.0.into())?;
                simulator.set_u64(last, command.blocks.1.into())?;
            }
        }
        simulator.set_u64(self.write_valid, request.word.is_some().into())?;
        if let Some((word, last)) = request.word {
            simulator.set_words(self.write_data, &word)?;
            simulator.set_u64(self.write_last, last.into())?;
        }
        simulator.set_u64(self.read_ready, request.takes_word.into())?;
        Ok(simulator.set_u64(self.completion_ready, request.takes_completion.into())?)
    }

    /// What a circuit that is a host asks for.
    ///
    /// # Errors
    /// What the engine says.
    pub fn request(&self, simulator: &mut Simulator) -> Result<DeviceRequest> {
        let mut request = DeviceRequest {
            takes_word: simulator.get_u64(self.read_ready)? == 1,
            takes_completion: simulator.get_u64(self.completion_ready)? == 1,
            ..DeviceRequest::default()
        };
        if simulator.get_u64(self.command_valid)? == 1 {
            request.command = Some(DeviceCommand {
                operation: Operation::ALL[simulator.get_u64(self.command_operation)? as usize & 3],
                tag: simulator.get_u64(self.command_tag)? as u8,
                page: simulator.get_u64(self.command_page)? as u32,
                blocks: match self.blocks {
                    Some([first, last, _]) => (simulator.get_u64(first)? as u8, simulator.get_u64(last)? as u8),
                    None => DeviceCommand::ALL_BLOCKS,
                },
            });
        }
        if simulator.get_u64(self.write_valid)? == 1 {
            let mut word = [0; 2];
            simulator.get_words(self.write_data, &mut word)?;
            request.word = Some((word, simulator.get_u64(self.write_last)? == 1));
        }
        Ok(request)
    }

    /// Gives a circuit that is a host what its device gives.
    ///
    /// # Errors
    /// What the engine says.
    pub fn give_reply(&self, simulator: &mut Simulator, reply: &DeviceReply) -> Result<()> {
        simulator.set_u64(self.command_ready, reply.takes_command.into())?;
        simulator.set_u64(self.write_ready, reply.takes_word.into())?;
        simulator.set_u64(self.read_valid, reply.word.is_some().into())?;
        if let Some(DeviceWord { tag, word, last, first_block }) = reply.word {
            simulator.set_u64(self.read_tag, tag.into())?;
            simulator.set_words(self.read_data, &word)?;
            simulator.set_u64(self.read_last, last.into())?;
            if let Some([_, _, port]) = self.blocks {
                simulator.set_u64(port, first_block.into())?;
            }
        }
        simulator.set_u64(self.completion_valid, reply.completion.is_some().into())?;
        if let Some((tag, status)) = reply.completion {
            simulator.set_u64(self.completion_tag, tag.into())?;
            simulator.set_u64(self.completion_status, status.into())?;
        }
        Ok(())
    }
}
