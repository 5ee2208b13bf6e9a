//! One line of a log.

use crate::workload::host_command::Operation;

/// Version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Lines without times, `wait` between them.
    Two,
    /// Each line starts with its time.
    Three,
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Open,
    Close,
    /// Microseconds.
    Wait(u64),
    Access(Access),
}

/// A request for bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) operation: Operation,
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// A line in its fields.
pub(super) struct Line<'a> {
    /// Microseconds.
    pub(super) at: Option<u64>,
    pub(super) file: &'a str,
    pub(super) action: Action,
}

/// A field that is not legal.
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) legal: &'static str,
}

fn fault(field: &'static str, value: &str, legal: &'static str) -> Fault {
    Fault { field, value: value.to_owned(), legal }
}

impl Version {
    /// The first lines of logs that can be read.
    pub(super) const HEADERS: &'static str = "fio version 2 iolog, fio version 3 iolog";

    /// The version that a log's first line names.
    pub(super) fn of_header(line: &str) -> Option<Self> {
        match line {
            "fio version 2 iolog" => Some(Self::Two),
            "fio version 3 iolog" => Some(Self::Three),
            _ => None,
        }
    }

    fn actions(self) -> &'static str {
        match self {
            Self::Two => "add, open, close, wait, read, write, sync, datasync, trim",
            Self::Three => "add, open, close, read, write, sync, datasync, trim",
        }
    }
}

impl<'a> Line<'a> {
    /// Takes a line apart.
    pub(super) fn parse(version: Version, text: &'a str) -> Result<Self, Fault> {
        let mut fields = text.split_ascii_whitespace();
        let at = match version {
            Version::Two => None,
            Version::Three => Some(number("timestamp", fields.next(), "microseconds")?),
        };
        let file = fields.next().ok_or_else(|| fault("filename", "", "the name of a file"))?;
        let action = fields.next().ok_or_else(|| fault("action", "", version.actions()))?;
        let operation = match action {
            "read" => Some(Operation::Read),
            "write" => Some(Operation::Write),
            "trim" => Some(Operation::Trim),
            _ => None,
        };
        let action = match (action, operation) {
            ("add", _) => Action::Add,
            ("open", _) => Action::Open,
            ("close", _) => Action::Close,
            ("wait", _) if version == Version::Two => {
                let time = number("wait", fields.next(), "microseconds")?;
                skip_numbers(&mut fields, 1)?;
                Action::Wait(time)
            }
            ("sync" | "datasync", _) => {
                skip_numbers(&mut fields, 2)?;
                Action::Access(Access { operation: Operation::Flush, offset: 0, length: 0 })
            }
            (_, Some(operation)) => {
                let offset = number("offset", fields.next(), "bytes, a multiple of 4096")?;
                let length = number("length", fields.next(), "bytes, a multiple of 4096")?;
                Action::Access(Access { operation, offset, length })
            }
            (other, None) => return Err(fault("action", other, version.actions())),
        };
        match fields.next() {
            Some(extra) => Err(fault("field behind the last", extra, "the end of the line")),
            None => Ok(Self { at, file, action }),
        }
    }
}

fn number(field: &'static str, text: Option<&str>, legal: &'static str) -> Result<u64, Fault> {
    let text = text.unwrap_or("");
    text.parse().map_err(|_| fault(field, text, legal))
}

/// Offset and length stand behind some actions without a meaning.
fn skip_numbers<'a>(fields: &mut impl Iterator<Item = &'a str>, most: usize) -> Result<(), Fault> {
    for text in fields.take(most) {
        number("offset or length", Some(text), "a number")?;
    }
    Ok(())
}
