//! The Rust files below a folder and the module each of them is.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Every `.rs` file below `root`, sorted, so that what is generated from them is the same on every machine.
pub fn rust_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Module path of the file at `path` inside the crate whose sources are at `root`: `stream/skid_buffer.rs` gives
/// `stream::skid_buffer`, `lib.rs` the empty path.
#[allow(dead_code, reason = "the lint's test shares this file and needs only the list of files")]
pub fn module_path(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> =
        relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if matches!(parts.last().map(String::as_str), Some("lib" | "mod")) {
        parts.pop();
    }
    parts.join("::")
}
