//! Reports that are committed: each opens with the command and the commit that made it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use hardpath_gen::toolchain::workspace_root;

/// The opening of a report: its title, the command and the commit that make it. Ask for it before measuring, so that a
/// missing git or commit is told at once.
pub fn opening(title: &str, task: &str) -> Result<String> {
    Ok(opening_text(title, task, &commit(&workspace_root()?)?))
}

fn opening_text(title: &str, task: &str, commit: &str) -> String {
    format!("# {title}\n\nMade by `cargo xtask {task}` at commit {commit}.\n\n")
}

/// Writes `reports/<file>`.
pub fn write(file: &str, text: &str) -> Result<PathBuf> {
    let path = workspace_root()?.join("reports").join(file);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The commit checked out, and whether sources differ from it. Reports themselves do not count.
fn commit(root: &Path) -> Result<String> {
    let revision = git(root, &["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(root, &["status", "--porcelain", "--", ".", ":!reports"])?;
    Ok(if changes.is_empty() { revision } else { format!("{revision} with uncommitted changes") })
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output()
        .context("git could not be started: install it, a report names the commit that made it")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("git {} failed: {}", arguments.join(" "), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_opens_with_the_command_and_the_commit() {
        let start = "# Synthesis\n\nMade by `cargo xtask report synthesis` at commit 0123456789ab.";
        assert!(opening_text("Synthesis", "report synthesis", "0123456789ab").starts_with(start));
    }

    #[test]
    fn a_failing_git_command_is_reported() {
        let error = git(Path::new("/"), &["no-such-command"]).unwrap_err();
        assert!(error.to_string().contains("git no-such-command failed"));
    }
}
