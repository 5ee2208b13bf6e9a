//! Output files that appear whole or not at all.

use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// A file under construction. It lies beside its destination under a temporary name until [`Artifact::finish`]; dropped
/// before that, it leaves no trace. A destination that exists and is no regular file (a device, a pipe) is written directly.
pub struct Artifact {
    destination: PathBuf,
    file: File,
    staged: Option<TempPath>,
}

impl Artifact {
    /// Starts an output file, so that an unwritable destination shows before the work begins.
    pub fn create(destination: &Path) -> Result<Self> {
        let cannot = || format!("cannot write {}", destination.display());
        let metadata = destination.metadata();
        if metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
            anyhow::bail!("cannot write {}: it is a directory; name a file", destination.display());
        }
        if metadata.is_ok_and(|metadata| !metadata.is_file()) {
            let file = File::options().write(true).open(destination).with_context(cannot)?;
            return Ok(Self { destination: destination.to_owned(), file, staged: None });
        }
        let directory = match destination.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let (file, staged) = NamedTempFile::new_in(directory).with_context(cannot)?.into_parts();
        Ok(Self { destination: destination.to_owned(), file, staged: Some(staged) })
    }

    /// A handle to write through.
    pub fn file(&self) -> Result<File> {
        self.file.try_clone().with_context(|| format!("cannot write {}", self.destination.display()))
    }

    /// Where the file lies while it is being written.
    pub fn path(&self) -> &Path {
        self.staged.as_deref().unwrap_or(&self.destination)
    }

    /// Moves the file to its destination.
    pub fn finish(self) -> Result<()> {
        let Some(staged) = self.staged else { return Ok(()) };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Temporary files are private; an output has the permissions of what it replaces, or the usual ones.
            let mode = self.destination.metadata().map_or(0o644, |metadata| metadata.permissions().mode());
            let _ = self.file.set_permissions(std::fs::Permissions::from_mode(mode));
        }
        staged.persist(&self.destination).with_context(|| format!("cannot write {}", self.destination.display()))
    }
}
