//! Errors and the exit status they mean.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// Wrong use: the command line or an input is not legal. Exit status 2; everything else is a failed run, exit status 1.
#[derive(Debug)]
pub struct WrongUse(anyhow::Error);

impl fmt::Display for WrongUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message(&self.0))
    }
}

impl std::error::Error for WrongUse {}

/// Marks an error as wrong use.
pub trait MarkWrongUse<T> {
    /// The same result, its error marked as wrong use.
    fn wrong_use(self) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> MarkWrongUse<T> for Result<T, E> {
    fn wrong_use(self) -> anyhow::Result<T> {
        self.map_err(|error| anyhow::Error::new(WrongUse(error.into())))
    }
}

/// An error with its causes, each said once: some errors repeat their cause in their own text.
fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if message.is_empty() {
            message = cause;
        } else if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

/// Prints an error and gives its exit status. A closed pipe ends quietly.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let closed_pipe = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe);
    if closed_pipe {
        return ExitCode::SUCCESS;
    }
    // Standard error may be closed as well; there is nobody left to tell.
    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("error: {}\n", message(error)));
    if error.is::<WrongUse>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn a_cause_that_stands_in_the_text_already_is_not_repeated() {
        let error = Err::<(), _>(anyhow!("disk full")).context("cannot write a: disk full").context("run").unwrap_err();
        assert_eq!(message(&error), "run: cannot write a: disk full");
    }

    #[test]
    fn wrong_use_keeps_its_text_and_is_told_apart() {
        let error = Err::<(), _>(anyhow!("lane 12")).wrong_use().unwrap_err();
        assert!(error.is::<WrongUse>());
        assert_eq!(message(&error), "lane 12");
    }
}
