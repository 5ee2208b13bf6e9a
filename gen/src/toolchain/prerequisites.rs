//! The programs of the machine that the toolchain stands on: Python, a C++ compiler, make, perl.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::error::ToolchainError;
use super::tool::Tool;

/// Oldest Python every pinned package runs on.
const OLDEST_PYTHON: (u32, u32) = (3, 10);

/// Refuses machines the pinned packages have no binaries for.
pub fn check_host() -> Result<(), ToolchainError> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") | ("macos", "aarch64") => Ok(()),
        (system, machine) => Err(ToolchainError::UnsupportedHost { system, machine }),
    }
}

/// Finds what Verilator's generated C++ is built with: a C++ compiler called `c++`, `make`, `perl`.
pub fn check_build_programs(search_path: &OsStr) -> Result<(), ToolchainError> {
    const PURPOSE: &str = "to build Verilator's simulations";
    for (program, what, remedy) in [
        ("c++", "a C++ compiler", "install one (Debian: g++, Fedora: gcc-c++) that can be called as `c++`"),
        ("make", "make", "install the package `make`"),
        ("perl", "perl", "install the package `perl`"),
    ] {
        if find_program(program, search_path).is_none() {
            return Err(ToolchainError::Prerequisite {
                what,
                purpose: PURPOSE,
                problem: format!("`{program}` is not on PATH"),
                remedy,
            });
        }
    }
    Ok(())
}

/// Finds a Python that is new enough and can make virtual environments.
pub fn find_python(search_path: &OsStr) -> Result<PathBuf, ToolchainError> {
    const PURPOSE: &str = "to install Yosys, nextpnr, Verilator and z3";
    let missing = |what, problem, remedy| ToolchainError::Prerequisite { what, purpose: PURPOSE, problem, remedy };
    const REMEDY: &str = "install CPython 3.10 or newer with its `venv` module";

    let Some(python) = find_program("python3", search_path) else {
        let problem = "`python3` is not on PATH".to_owned();
        return Err(missing("Python 3", problem, REMEDY));
    };
    let tool = Tool::new("Python", &python).with_environment("PATH", search_path);
    let version = tool.run(["-c", "import sys; print(*sys.version_info[:2])"], Path::new("/"))?;
    if !version_is_enough(&version.stdout) {
        let found = version.stdout.trim().replace(' ', ".");
        let problem = format!("{} is version {found}", python.display());
        return Err(missing("Python 3.10 or newer", problem, REMEDY));
    }
    let modules = tool.output(["-c", "import venv, ensurepip"], Path::new("/"))?;
    if !modules.status.success() {
        let problem = format!("{} cannot import them", python.display());
        return Err(missing(
            "the Python modules `venv` and `ensurepip`",
            problem,
            "install them (Debian: python3-venv)",
        ));
    }
    Ok(python)
}

/// Whether `3 11`, the two numbers Python printed, is a version that is new enough.
fn version_is_enough(printed: &str) -> bool {
    let mut numbers = printed.split_whitespace().map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST_PYTHON,
        _ => false,
    }
}

/// The first executable file called `name` on `search_path`.
pub fn find_program(name: &str, search_path: &OsStr) -> Option<PathBuf> {
    env::split_paths(search_path)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    /// A directory with shell scripts in place of the machine's programs. A child process writes
    /// them: a descriptor of this process could be inherited by another test's child, and a file
    /// that is open for writing cannot be executed.
    fn programs(scripts: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, script) in scripts {
            let status = Command::new("/bin/sh")
                .args(["-c", "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod 755 \"$0\""])
                .args([name, script])
                .current_dir(&directory)
                .status();
            assert!(status.unwrap().success());
        }
        directory
    }

    fn python_problem(scripts: &[(&str, &str)]) -> String {
        let directory = programs(scripts);
        let error = find_python(directory.path().as_os_str()).unwrap_err();
        error.to_string()
    }

    #[test]
    fn missing_python_is_named_with_its_remedy() {
        let message = python_problem(&[]);
        assert!(message.contains("`python3` is not on PATH"), "{message}");
        assert!(message.contains("install CPython 3.10"), "{message}");
    }

    #[test]
    fn old_python_is_refused_with_its_version() {
        let message = python_problem(&[("python3", "echo 3 9")]);
        assert!(message.contains("is version 3.9"), "{message}");
    }

    #[test]
    fn python_without_venv_is_refused() {
        let script = "case \"$2\" in *venv*) exit 1;; *) echo 3 12;; esac";
        let message = python_problem(&[("python3", script)]);
        assert!(message.contains("`venv` and `ensurepip`"), "{message}");
    }

    #[test]
    fn each_missing_build_program_is_named() {
        let all = [("c++", ""), ("make", ""), ("perl", "")];
        check_build_programs(programs(&all).path().as_os_str()).unwrap();
        for (missing, _) in all {
            let rest: Vec<_> = all.into_iter().filter(|(n, _)| *n != missing).collect();
            let directory = programs(&rest);
            let error = check_build_programs(directory.path().as_os_str()).unwrap_err();
            let message = error.to_string();
            let expected = format!("`{missing}` is not on PATH");
            assert!(message.contains(&expected), "{message}");
        }
    }

    #[test]
    fn a_file_without_execute_permission_is_not_a_program() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("make"), "").unwrap();
        assert_eq!(find_program("make", directory.path().as_os_str()), None);
    }
}
