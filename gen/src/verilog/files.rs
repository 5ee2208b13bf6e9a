//! Verilog files on disk.

use super::emit;
use hardpath_netlist::Design;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the file list that [`write()`] leaves beside the modules: one file name a line, children first.
pub const FILE_LIST: &str = "files.f";

/// Writes every module of a design and [`FILE_LIST`] into `directory`, made if it is missing. Either all files are written
/// or none. Returns the modules' paths, children first.
///
/// # Errors
///
/// What the file system says, with the path it is about.
pub fn write(design: &Design, directory: &Path) -> io::Result<Vec<PathBuf>> {
    let files = emit(design);
    let names: Vec<&str> = files.iter().map(|file| file.file_name.as_str()).collect();
    let list: String = names.iter().map(|name| format!("{name}\n")).collect();
    let mut contents: Vec<(&str, &str)> =
        files.iter().map(|file| (file.file_name.as_str(), file.text.as_str())).collect();
    contents.push((FILE_LIST, &list));
    write_all(directory, &contents)?;
    Ok(names.iter().map(|name| directory.join(name)).collect())
}

/// Writes files so that a failure leaves `directory` as it was: everything is first written beside its place.
fn write_all(directory: &Path, contents: &[(&str, &str)]) -> io::Result<()> {
    fs::create_dir_all(directory).map_err(|error| about(directory, error))?;
    let staging =
        tempfile::Builder::new().prefix(".verilog-").tempdir_in(directory).map_err(|error| about(directory, error))?;
    for (name, text) in contents {
        let target = directory.join(name);
        if target.is_dir() {
            return Err(about(&target, io::Error::new(io::ErrorKind::IsADirectory, "is a directory, not a file")));
        }
        let path = staging.path().join(name);
        fs::write(&path, text).map_err(|error| about(&path, error))?;
    }
    for (name, _) in contents {
        let target = directory.join(name);
        fs::rename(staging.path().join(name), &target).map_err(|error| about(&target, error))?;
    }
    Ok(())
}

fn about(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("b.v")).unwrap();
        let error = write_all(directory.path(), &[("a.v", "module a;\n"), ("b.v", "module b;\n")]).unwrap_err();
        assert!(error.to_string().contains("b.v"), "{error}");
        let left: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["b.v"]);
    }

    #[test]
    fn a_missing_directory_is_made_and_an_old_file_replaced() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("deep/below");
        write_all(&directory, &[("a.v", "old")]).unwrap();
        write_all(&directory, &[("a.v", "new"), ("files.f", "a.v\n")]).unwrap();
        assert_eq!(fs::read_to_string(directory.join("a.v")).unwrap(), "new");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_named() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("taken");
        fs::write(&path, "").unwrap();
        let error = write_all(&path, &[("a.v", "")]).unwrap_err();
        assert!(error.to_string().contains("taken"), "{error}");
    }
}
