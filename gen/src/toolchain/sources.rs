//! Verilog sources put where a tool runs.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::error::ToolchainError;

/// Why sources cannot be handed to a tool.
#[derive(Debug, Error)]
pub enum SourceError {
    /// No source at all.
    #[error("no Verilog file given (at least one is needed)")]
    NoFiles,
    /// A file name that Yosys or SymbiYosys scripts cannot hold.
    #[error("Verilog file {0}: its name may hold only letters, digits, `_`, `-` and `.`")]
    FileName(PathBuf),
    /// Two sources whose copies would have the same name.
    #[error("two Verilog files are called {0}; their names must differ")]
    SameName(String),
    /// A top module whose name is no plain Verilog identifier.
    #[error("top module `{0}`: a name starts with a letter or `_` and holds only letters, digits, `_`")]
    TopName(String),
    /// A file or directory could not be read or written.
    #[error(transparent)]
    File(#[from] ToolchainError),
}

/// Copies `files` into `directory`, which is made if need be, and returns their names there: tools
/// that see a private `/tmp` can only be given relative paths. A file that is already there stays.
pub fn stage_sources(files: &[PathBuf], directory: &Path) -> Result<Vec<String>, SourceError> {
    if files.is_empty() {
        return Err(SourceError::NoFiles);
    }
    fs::create_dir_all(directory).map_err(ToolchainError::file("create", directory))?;
    let mut names: Vec<String> = Vec::new();
    for file in files {
        let name = match file.file_name().and_then(|name| name.to_str()) {
            Some(name) if is_plain(name) => name.to_owned(),
            _ => return Err(SourceError::FileName(file.clone())),
        };
        if names.contains(&name) {
            return Err(SourceError::SameName(name));
        }
        let source = file.canonicalize().map_err(ToolchainError::file("read", file))?;
        let copy = directory.join(&name);
        // Copying a file onto itself would empty it.
        if copy.canonicalize().ok() != Some(source.clone()) {
            fs::copy(&source, &copy).map_err(ToolchainError::file("copy", &source))?;
        }
        names.push(name);
    }
    Ok(names)
}

fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Refuses names that a tool's script could take for anything but a module.
pub fn check_top(top: &str) -> Result<(), SourceError> {
    let starts_well = top.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well && top.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(())
    } else {
        Err(SourceError::TopName(top.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_copied_and_one_in_place_keeps_its_text() {
        let elsewhere = tempfile::tempdir().unwrap();
        let work = tempfile::tempdir().unwrap();
        let outside = elsewhere.path().join("fifo.v");
        let inside = work.path().join("skid_buffer.v");
        fs::write(&outside, "module fifo; endmodule\n").unwrap();
        fs::write(&inside, "module skid_buffer; endmodule\n").unwrap();
        let names = stage_sources(&[outside, inside.clone()], work.path()).unwrap();
        assert_eq!(names, ["fifo.v", "skid_buffer.v"]);
        let copy = fs::read_to_string(work.path().join("fifo.v")).unwrap();
        assert_eq!(copy, "module fifo; endmodule\n");
        let kept = fs::read_to_string(inside).unwrap();
        assert_eq!(kept, "module skid_buffer; endmodule\n");
    }

    #[test]
    fn unusable_sources_are_named() {
        let work = tempfile::tempdir().unwrap();
        let stage = |files: &[&str]| {
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            stage_sources(&files, work.path()).unwrap_err().to_string()
        };
        assert!(stage(&[]).contains("no Verilog file"));
        assert!(stage(&["a b.v"]).contains("a b.v"));
        assert!(stage(&["/nonexistent/a.v"]).contains("/nonexistent/a.v"));
        let file = work.path().join("a.v");
        fs::write(&file, "").unwrap();
        let twice = stage_sources(&[file.clone(), file], work.path()).unwrap_err();
        assert!(twice.to_string().contains("two Verilog files are called a.v"));
    }

    #[test]
    fn only_plain_names_are_top_modules() {
        check_top("xor_parity_engine_64").unwrap();
        for top in ["", "a b", "2fast", "a;b", "-top"] {
            let message = check_top(top).unwrap_err().to_string();
            assert!(message.contains(&format!("`{top}`")), "{message}");
        }
    }
}
