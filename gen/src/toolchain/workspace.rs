//! Where the workspace and its tools directory are.

use std::env;
use std::path::{Path, PathBuf};

use super::error::ToolchainError;

/// Overrides the tools directory, `target/tools` of the workspace root by default.
pub const TOOLS_VARIABLE: &str = "HARDPATH_TOOLS";

/// The workspace root: the nearest directory from the current one upward that holds `Cargo.toml`
/// and `constraints/`, else the one this program was built in.
pub fn workspace_root() -> Result<PathBuf, ToolchainError> {
    let start = env::current_dir().map_err(ToolchainError::file("read", "."))?;
    if let Some(root) = start.ancestors().find(|path| is_root(path)) {
        return Ok(root.to_path_buf());
    }
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    match built_in.filter(|path| is_root(path)) {
        Some(root) => Ok(root.to_path_buf()),
        None => Err(ToolchainError::NoWorkspace { start }),
    }
}

fn is_root(directory: &Path) -> bool {
    directory.join("Cargo.toml").is_file() && directory.join("constraints").is_dir()
}

/// The directory the toolchain lives in: `HARDPATH_TOOLS` if it is set and not empty, else
/// `target/tools` of the workspace root. It does not follow `CARGO_TARGET_DIR`, so that one
/// provisioning serves every target directory.
pub fn tools_directory() -> Result<PathBuf, ToolchainError> {
    match env::var_os(TOOLS_VARIABLE) {
        Some(directory) if !directory.is_empty() => {
            let directory = PathBuf::from(directory);
            std::path::absolute(&directory).map_err(ToolchainError::file("find", directory))
        }
        _ => Ok(workspace_root()?.join("target").join("tools")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_root_holds_every_crate() {
        let root = workspace_root().unwrap();
        assert!(root.join("gen/Cargo.toml").is_file(), "{}", root.display());
    }
}
