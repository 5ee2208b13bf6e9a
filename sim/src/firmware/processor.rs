//! A processor at a mailbox: firmware is a task that awaits register accesses, interrupts and points in time.

use hardpath_rtl::flash_controller::mailbox::MailboxRegister;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// An access to a register, as it stands at the mailbox port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterAccess {
    /// Offset in bytes.
    pub address: u16,
    /// What is written; `None` reads.
    pub write: Option<u32>,
}

#[derive(Debug, Default)]
struct Shared {
    cycle: Cell<u64>,
    interrupt: Cell<bool>,
    power_fails: Cell<bool>,
    access: Cell<Option<RegisterAccess>>,
    answer: Cell<Option<u32>>,
    wake: Cell<Wake>,
    log: RefCell<Vec<LogEntry>>,
}

/// What a sleeping task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wake {
    /// The answer to its access.
    Answer,
    /// An interrupt or a cycle.
    Event(u64),
}

impl Default for Wake {
    fn default() -> Self {
        Self::Event(0)
    }
}

/// Something that firmware wants to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub cycle: u64,
    /// What.
    pub text: String,
}

/// What firmware holds of its processor.
#[derive(Clone, Debug, Default)]
pub struct Processor {
    shared: Rc<Shared>,
}

impl Processor {
    /// The controller's clock cycle.
    pub fn cycle(&self) -> u64 {
        self.shared.cycle.get()
    }

    /// Mains power has failed; the battery holds.
    pub fn power_fails(&self) -> bool {
        self.shared.power_fails.get()
    }

    /// Reads a register.
    pub async fn read(&self, register: &MailboxRegister) -> u32 {
        self.read_at(register.offset).await
    }

    /// Writes a register.
    pub async fn write(&self, register: &MailboxRegister, value: u32) {
        self.write_at(register.offset, value).await;
    }

    /// Reads the register at an offset.
    pub async fn read_at(&self, address: u16) -> u32 {
        self.access(RegisterAccess { address, write: None }).await
    }

    /// Writes the register at an offset.
    pub async fn write_at(&self, address: u16, value: u32) {
        self.access(RegisterAccess { address, write: Some(value) }).await;
    }

    /// Sleeps until the mailbox raises its interrupt, power fails or a cycle comes.
    pub async fn sleep(&self, until: u64) {
        let shared = &self.shared;
        let failing = shared.power_fails.get();
        poll_fn(|_| {
            let awake = shared.interrupt.get() || shared.cycle.get() >= until || (shared.power_fails.get() && !failing);
            if awake {
                return Poll::Ready(());
            }
            shared.wake.set(Wake::Event(until));
            Poll::Pending
        })
        .await;
    }

    /// Notes something for whoever watches the simulation.
    pub fn log(&self, text: impl Into<String>) {
        self.shared.log.borrow_mut().push(LogEntry { cycle: self.cycle(), text: text.into() });
    }

    async fn access(&self, access: RegisterAccess) -> u32 {
        let shared = &self.shared;
        shared.answer.set(None);
        shared.access.set(Some(access));
        poll_fn(|_| match shared.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                shared.wake.set(Wake::Answer);
                Poll::Pending
            }
        })
        .await
    }
}

/// Why firmware ended.
pub type FirmwareResult = anyhow::Result<()>;

/// The task, and its processor as the mailbox port sees it.
pub struct FirmwareRunner {
    processor: Processor,
    task: Option<Pin<Box<dyn Future<Output = FirmwareResult>>>>,
}

impl FirmwareRunner {
    /// A processor that runs what `task` makes.
    pub fn new<F: Future<Output = FirmwareResult> + 'static>(task: impl FnOnce(Processor) -> F) -> Self {
        let processor = Processor::default();
        let task = task(processor.clone());
        Self { processor, task: Some(Box::pin(task)) }
    }

    /// The processor.
    pub fn processor(&self) -> &Processor {
        &self.processor
    }

    /// The access that stands at the port.
    pub fn access(&self) -> Option<RegisterAccess> {
        self.processor.shared.access.get()
    }

    /// The task has ended.
    pub fn has_ended(&self) -> bool {
        self.task.is_none()
    }

    /// Tells firmware that mains power has failed.
    pub fn fail_power(&mut self) {
        self.processor.shared.power_fails.set(true);
    }

    /// Entries since the last call.
    pub fn take_log(&mut self) -> Vec<LogEntry> {
        self.processor.shared.log.take()
    }

    /// A cycle passes: the interrupt line, and the answer if the access that stands is done. Runs the task if that is what it
    /// waits for.
    ///
    /// # Errors
    /// What the task returns.
    pub fn pass(&mut self, cycle: u64, interrupt: bool, answer: Option<u32>) -> FirmwareResult {
        let shared = &self.processor.shared;
        shared.cycle.set(cycle);
        shared.interrupt.set(interrupt);
        if answer.is_some() {
            shared.access.set(None);
            shared.answer.set(answer);
        }
        let wakes = match shared.wake.get() {
            Wake::Answer => answer.is_some(),
            Wake::Event(until) => interrupt || cycle >= until || shared.power_fails.get(),
        };
        if !wakes {
            return Ok(());
        }
        let Some(task) = &mut self.task else { return Ok(()) };
        match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => Ok(()),
            Poll::Ready(result) => {
                self.task = None;
                result
            }
        }
    }
}
