//! Input/output logs of fio, versions 2 and 3, as page commands.
//!
//! ```text
//! fio version 2 iolog          fio version 3 iolog
//! /dev/a add                   0 /dev/a add
//! /dev/a open                  3 /dev/a open
//! /dev/a write 0 8192          17 /dev/a write 0 8192
//! /dev/a wait 250 0            267 /dev/a read 4096 4096
//! /dev/a read 4096 4096        300 /dev/a close
//! /dev/a close
//! ```
//!
//! Times are microseconds: of version 3 from the start of the log, of version 2 (`wait`) from the wait before. Waits below
//! 100 us count as nothing, as in fio. Offsets and lengths are whole 4 KB pages, or the log is refused. Several files lie one
//! behind the other in the order in which they were added, each as long as the log reaches into it.

mod error;
mod line;

pub use error::IologError;

use super::host_command::{HostCommand, Operation, PAGE_BYTES};
use line::{Access, Action, Line, Version};
use std::io::BufRead;

/// Waits shorter than this are none, in microseconds.
const SHORTEST_WAIT: u64 = 100;

/// Reads a log from `source`, named `name` in errors, for a device of `pages` logical pages.
///
/// # Errors
/// The first line that is no legal one, or that reaches behind the last page.
pub fn parse(name: &str, source: impl BufRead, pages: u32) -> Result<Vec<HostCommand>, IologError> {
    let mut reader = Reader { name, version: None, files: vec![], requests: vec![], now: None };
    for (index, text) in source.lines().enumerate() {
        let text = text.map_err(|source| IologError::Unreadable { file: name.to_owned(), source })?;
        reader.take(index + 1, &text)?;
    }
    if reader.version.is_none() {
        return Err(reader.error(1, "header", "", Version::HEADERS));
    }
    reader.commands(u64::from(pages))
}

/// A file of the log.
struct LoggedFile {
    name: String,
    open: bool,
    /// Pages up to the last one that the log touches.
    pages: u64,
}

/// A request before its file has its place.
struct Request {
    line: usize,
    at: Option<u64>,
    operation: Operation,
    file: usize,
    first: u64,
    count: u64,
}

struct Reader<'a> {
    name: &'a str,
    version: Option<Version>,
    files: Vec<LoggedFile>,
    requests: Vec<Request>,
    /// Nanoseconds, once the log has spoken of time.
    now: Option<u64>,
}

impl Reader<'_> {
    fn error(&self, line: usize, field: &'static str, value: impl ToString, legal: impl ToString) -> IologError {
        let (value, legal) = (value.to_string(), legal.to_string());
        IologError::Line { file: self.name.to_owned(), line, field, value, legal }
    }

    fn take(&mut self, number: usize, text: &str) -> Result<(), IologError> {
        let Some(version) = self.version else {
            self.version = Version::of_header(text.trim_end());
            return match self.version {
                Some(_) => Ok(()),
                None => Err(self.error(number, "header", text, Version::HEADERS)),
            };
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        let line =
            Line::parse(version, text).map_err(|fault| self.error(number, fault.field, fault.value, fault.legal))?;
        if let Some(microseconds) = line.at {
            let at = self.nanoseconds(number, "timestamp", microseconds)?;
            if self.now.is_some_and(|now| at < now) {
                return Err(self.error(number, "timestamp", microseconds, "not before the line above"));
            }
            self.now = Some(at);
        }
        match line.action {
            Action::Add => {
                if !self.files.iter().any(|file| file.name == line.file) {
                    self.files.push(LoggedFile { name: line.file.to_owned(), open: false, pages: 0 });
                }
                Ok(())
            }
            Action::Open | Action::Close => {
                let file = self.file(number, line.file)?;
                self.files[file].open = line.action == Action::Open;
                Ok(())
            }
            Action::Wait(microseconds) => {
                self.file(number, line.file)?;
                let wait = if microseconds < SHORTEST_WAIT { 0 } else { microseconds };
                let wait = self.nanoseconds(number, "wait", wait)?;
                let now = self.now.unwrap_or(0).checked_add(wait);
                self.now = Some(now.ok_or_else(|| self.error(number, "wait", microseconds, "a sum below 2^64 ns"))?);
                Ok(())
            }
            Action::Access(access) => self.access(number, line.file, access),
        }
    }

    fn nanoseconds(&self, number: usize, field: &'static str, microseconds: u64) -> Result<u64, IologError> {
        let most = u64::MAX / 1_000;
        microseconds.checked_mul(1_000).ok_or_else(|| self.error(number, field, microseconds, format!("0..={most}")))
    }

    fn file(&self, number: usize, name: &str) -> Result<usize, IologError> {
        let place = self.files.iter().position(|file| file.name == name);
        place.ok_or_else(|| self.error(number, "filename", name, "a file that a line above adds"))
    }

    fn access(&mut self, number: usize, name: &str, access: Access) -> Result<(), IologError> {
        let file = self.file(number, name)?;
        if !self.files[file].open {
            return Err(self.error(number, "filename", name, "a file that is open"));
        }
        let (mut first, mut count) = (0, 1);
        if access.operation != Operation::Flush {
            let page = PAGE_BYTES as u64;
            if !access.offset.is_multiple_of(page) {
                return Err(self.error(number, "offset", access.offset, "multiples of 4096"));
            }
            if access.length == 0 || !access.length.is_multiple_of(page) {
                return Err(self.error(number, "length", access.length, "multiples of 4096 from 4096 on"));
            }
            (first, count) = (access.offset / page, access.length / page);
            self.files[file].pages = self.files[file].pages.max(first + count);
        }
        self.requests.push(Request { line: number, at: self.now, operation: access.operation, file, first, count });
        Ok(())
    }

    /// The requests, cut into pages, each file behind the one added before it.
    fn commands(&self, pages: u64) -> Result<Vec<HostCommand>, IologError> {
        let mut bases = vec![0];
        for file in &self.files {
            bases.push(bases[bases.len() - 1] + file.pages);
        }
        let mut commands = vec![];
        for request in &self.requests {
            let Request { at, operation, .. } = *request;
            if operation == Operation::Flush {
                commands.push(HostCommand { at, operation, page: 0 });
                continue;
            }
            let first = bases[request.file] + request.first;
            if first + request.count > pages {
                let reach = (request.first + request.count) * PAGE_BYTES as u64;
                let room = pages.saturating_sub(bases[request.file]) * PAGE_BYTES as u64;
                return Err(self.error(request.line, "offset + length", reach, format!("at most {room}")));
            }
            commands.extend((first..first + request.count).map(|page| HostCommand {
                at,
                operation,
                page: page as u32,
            }));
        }
        Ok(commands)
    }
}

#[cfg(test)]
mod tests;
