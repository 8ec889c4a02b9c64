//! Files that belong to another user.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use qrhook_sqlite::{OpenError, SqliteStore};

use crate::support::{child, childs_path, handle, place, say};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Opens the store as a user to whom file modes apply: as nobody if the test runs as root, otherwise as the same user.
fn open_as_another(path: &Path) -> String {
    // By its descriptor, because the other user may have no access to the folder of the program.
    let start = r#"
        exec 3<"$1"; shift
        if [ "$(id -u)" = 0 ]; then
            exec setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/3 "$@"
        else
            exec /proc/self/fd/3 "$@"
        fi"#;
    let output = child(start, "others::the_error_names_what_is_in_the_way", path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\nopened: "), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn open(path: &Path) {
    let said = match SqliteStore::open(path) {
        Ok(_) => "yes".to_owned(),
        Err(error @ OpenError::ReadOnly { .. }) => {
            format!("read-only, {error}, {}", std::error::Error::source(&error).unwrap())
        }
        Err(error) => format!("{error:?}"),
    };
    say(&format!("opened: {said}."));
}

#[test]
fn the_error_names_what_is_in_the_way() {
    if let Some(path) = childs_path() {
        return open(&path);
    }
    for suffix in ["", "-wal", "-shm"] {
        let (folder, path) = place();
        set_mode(folder.path(), 0o777);
        // Another program has it open, so that all its files exist.
        let store = SqliteStore::open(&path).unwrap();
        handle(&store, 1);
        let file = |suffix: &str| format!("{}{suffix}", path.display());
        for suffix in ["", "-wal", "-shm"] {
            set_mode(file(suffix).as_ref(), 0o666);
        }
        assert!(open_as_another(&path).contains("\nopened: yes.\n"), "{suffix}");

        // The mode does not mark the file as read-only, and does not allow reading it.
        set_mode(file(suffix).as_ref(), 0o200);
        let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&path).unwrap());
        let expected = if suffix.is_empty() {
            format!("the store {} is not readable and writable", path.display())
        } else {
            format!(
                "the store {} cannot be used, because {} is not readable and writable",
                path.display(),
                file(suffix)
            )
        };
        let why = format!("Permission denied (os error 13); it is owned by user {owner} and has mode 200");
        let said = open_as_another(&path);
        assert!(said.contains(&format!("\nopened: read-only, {expected}, {why}.\n")), "{suffix}: {said}");
        handle(&store, 2);
    }
}

#[test]
fn the_error_names_a_folder_that_is_in_the_way() {
    let (folder, path) = place();
    set_mode(folder.path(), 0o555);
    let said = open_as_another(&path);
    let expected = format!(
        "\nopened: read-only, the store {} cannot be used, because {} is not readable and writable, Permission denied",
        path.display(),
        folder.path().display()
    );
    assert!(said.contains(&expected), "{said}");
}
