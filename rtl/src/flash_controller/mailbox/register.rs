//! What a mailbox's list of registers says of each, and how it is printed.

use std::fmt::{self, Write};

/// What firmware may do with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading; writing does nothing.
    ReadOnly,
    /// Reading and writing.
    ReadWrite,
    /// Writing; reads as zero.
    WriteOnly,
}

impl fmt::Display for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ReadOnly => "read",
            Self::ReadWrite => "read, write",
            Self::WriteOnly => "write",
        })
    }
}

/// One register of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxRegister {
    /// Name in snake case.
    pub name: &'static str,
    /// Offset in bytes, a multiple of 4 below 4,096.
    pub offset: u16,
    /// Value after reset.
    pub reset: u32,
    /// What firmware may do.
    pub access: Access,
    /// Fields and effects.
    pub description: &'static str,
}

impl MailboxRegister {
    /// The register of this name.
    ///
    /// # Panics
    /// If the list has no such register.
    pub fn find(registers: &'static [Self], name: &str) -> &'static Self {
        let known = || registers.iter().map(|register| register.name).collect::<Vec<_>>().join(", ");
        let found = registers.iter().find(|register| register.name == name);
        found.unwrap_or_else(|| panic!("no register `{name}` (there are: {})", known()))
    }
}

/// A list of registers as a Markdown table.
pub fn markdown(registers: &[MailboxRegister]) -> String {
    let mut table = "| offset | register | access | reset | description |\n|---|---|---|---|---|\n".to_owned();
    for MailboxRegister { name, offset, reset, access, description } in registers {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| {offset:#05x} | `{name}` | {access} | {reset:#x} | {description} |");
    }
    table
}
