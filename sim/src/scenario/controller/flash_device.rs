//! A controller with its chips as what lies behind an interface card.

use super::machine::Machine;
use super::options::ControllerOptions;
use super::power_up::{PoweredUp, power_up};
use crate::firmware::{FirmwareReport, LogEntry};
use crate::models::{DeviceReply, DeviceRequest, PageDevice};
use crate::scenario::Trace;
use anyhow::{Result, ensure};
use std::cell::RefCell;
use std::rc::Rc;

/// Cycles in which a controller becomes ready: 22 ms.
const BOOT_CYCLES: u64 = 3_000_000;

/// A flash controller at the pins of its host port.
pub struct FlashDevice {
    machine: Machine,
    report: Rc<RefCell<FirmwareReport>>,
}

impl FlashDevice {
    /// A controller with erased chips whose firmware has told that it is ready.
    ///
    /// # Errors
    /// If the options are not legal, or it does not become ready.
    pub fn new(options: &ControllerOptions) -> Result<Self> {
        let PoweredUp { machine, report, .. } = power_up(options, &Trace::none())?;
        let mut device = Self { machine, report };
        while device.report.borrow().booted.is_none() {
            ensure!(device.machine.cycle() < BOOT_CYCLES, "flash is not ready after {BOOT_CYCLES} cycles");
            device.reply()?;
            device.clock(&DeviceRequest::default())?;
        }
        Ok(device)
    }

    /// What its firmware saw and did.
    pub fn firmware(&self) -> FirmwareReport {
        self.report.borrow().clone()
    }

    /// What its firmware wanted to be known since the last call.
    pub fn take_log(&mut self) -> Vec<LogEntry> {
        self.machine.firmware().take_log()
    }
}

impl PageDevice for FlashDevice {
    fn reply(&mut self) -> Result<DeviceReply> {
        self.machine.reply()
    }

    fn clock(&mut self, request: &DeviceRequest) -> Result<()> {
        self.machine.clock(request)
    }
}
