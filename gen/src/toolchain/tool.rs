//! One program of the toolchain and how it is run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::error::ToolchainError;

/// How many of a failed tool's last lines its error repeats.
const LAST_LINES: usize = 20;

/// A program of the toolchain with the arguments and environment it always needs.
///
/// Tools that are WebAssembly inside (Yosys, nextpnr) see a private `/tmp`: give them paths
/// relative to the directory they run in, never absolute ones.
#[derive(Clone, Debug)]
pub struct Tool {
    name: String,
    program: PathBuf,
    leading_arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

/// What a tool printed and how it ended.
#[derive(Clone, Debug)]
pub struct ToolOutput {
    /// Exit status.
    pub status: ExitStatus,
    /// Standard output; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// Standard error; bytes that are not UTF-8 are replaced.
    pub stderr: String,
}

impl ToolOutput {
    /// Standard output followed by standard error.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Tool {
    /// A tool called `name` in messages that runs `program`.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), program: program.into(), leading_arguments: Vec::new(), environment: Vec::new() }
    }

    /// Adds an argument that precedes those of every run.
    pub fn with_argument(mut self, argument: impl Into<OsString>) -> Self {
        self.leading_arguments.push(argument.into());
        self
    }

    /// Sets an environment variable for every run.
    pub fn with_environment(mut self, variable: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((variable.into(), value.into()));
        self
    }

    /// The name used in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The program that runs.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The command for `arguments` in `directory`, for callers that stream its output themselves.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>, directory: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.leading_arguments)
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .envs(self.environment.iter().map(|(k, v)| (k, v)))
            // A caller's Python settings would make the provisioned Python import other packages.
            .env_remove("PYTHONHOME")
            .env_remove("PYTHONPATH");
        command
    }

    /// Runs the tool in `directory` and returns what it printed, whatever its exit status.
    pub fn output<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        directory: &Path,
    ) -> Result<ToolOutput, ToolchainError> {
        // A missing directory and a missing program give the same operating system error.
        if !directory.is_dir() {
            return Err(ToolchainError::File {
                action: "run a tool in",
                path: directory.to_path_buf(),
                cause: std::io::ErrorKind::NotADirectory.into(),
            });
        }
        let output = self.command(arguments, directory).output().map_err(|cause| ToolchainError::NotStarted {
            tool: self.name.clone(),
            program: self.program.clone(),
            cause,
        })?;
        Ok(ToolOutput {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs the tool in `directory`; an exit status other than 0 is an error that carries the
    /// tool's name, its status and its last lines.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        directory: &Path,
    ) -> Result<ToolOutput, ToolchainError> {
        let output = self.output(arguments, directory)?;
        if output.status.success() { Ok(output) } else { Err(self.failure(&output, directory)) }
    }

    /// The error for a run whose output shows that it failed.
    pub fn failure(&self, output: &ToolOutput, directory: &Path) -> ToolchainError {
        ToolchainError::ToolFailed {
            tool: self.name.clone(),
            status: output.status,
            directory: directory.to_path_buf(),
            last_lines: last_lines(&output.text()),
        }
    }
}

/// The last lines of `text` that say something, indented.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() {
        return "    (it printed nothing)".to_owned();
    }
    let first = lines.len().saturating_sub(LAST_LINES);
    lines[first..].iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Tool {
        Tool::new("shell", "/bin/sh").with_argument("-c")
    }

    #[test]
    fn failure_names_the_tool_its_status_and_only_its_last_lines() {
        let script = "i=1; while [ $i -le 30 ]; do echo line$i; i=$((i+1)); done; exit 3";
        let error = shell().run([script], Path::new("/")).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("shell failed"), "{message}");
        assert!(message.contains("exit status: 3"), "{message}");
        assert!(message.contains("line30") && message.contains("line11"));
        assert!(!message.contains("line10"), "{message}");
    }

    #[test]
    fn success_returns_both_streams() {
        let output = shell().run(["echo out; echo err >&2"], Path::new("/")).unwrap();
        assert_eq!(output.stdout, "out\n");
        assert_eq!(output.stderr, "err\n");
    }

    #[test]
    fn missing_program_and_missing_directory_are_told_apart() {
        let tool = Tool::new("ghost", "/nonexistent/ghost");
        let message = tool.run(["--version"], Path::new("/")).unwrap_err().to_string();
        assert!(message.contains("/nonexistent/ghost"), "{message}");
        let message = shell().run(["true"], Path::new("/nonexistent/place")).unwrap_err().to_string();
        assert!(message.contains("/nonexistent/place"), "{message}");
    }
}
