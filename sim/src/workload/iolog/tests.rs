use super::*;
use Operation::{Flush, Read, Trim, Write};
use proptest::prelude::*;

fn commands(text: &str) -> Result<Vec<HostCommand>, String> {
    parse("log", text.as_bytes(), 100).map_err(|error| error.to_string())
}

fn command(at: Option<u64>, operation: Operation, page: u32) -> HostCommand {
    HostCommand { at, operation, page }
}

#[test]
fn a_log_of_version_2_is_cut_into_pages_and_waits_add_up() {
    let log = "fio version 2 iolog\na add\na open\na write 8192 8192\na wait 250 0\na sync 0 0\na wait 99\n\
               a trim 0 4096\na wait 100\na read 4096 4096\na close\n";
    let expected = vec![
        command(None, Write, 2),
        command(None, Write, 3),
        command(Some(250_000), Flush, 0),
        command(Some(250_000), Trim, 0),
        command(Some(350_000), Read, 1),
    ];
    assert_eq!(commands(log).unwrap(), expected);
}

#[test]
fn a_log_of_version_3_has_a_time_in_every_line() {
    let log = "fio version 3 iolog\n0 a add\n1 a open\n7 a read 0 4096\n9 a datasync\n12 a close\n";
    assert_eq!(commands(log).unwrap(), [command(Some(7_000), Read, 0), command(Some(9_000), Flush, 0)]);
}

#[test]
fn files_lie_one_behind_the_other() {
    let log =
        "fio version 2 iolog\na add\nb add\na open\nb open\nb write 4096 4096\na write 0 4096\na read 8192 4096\n";
    assert_eq!(commands(log).unwrap(), [command(None, Write, 4), command(None, Write, 0), command(None, Read, 2)]);
}

#[test]
fn errors_name_file_line_field_value_and_what_is_legal() {
    let head = "fio version 2 iolog\na add\na open\n";
    let cases = [
        ("", "", r#"log:1: header "" (legal: fio version 2 iolog, fio version 3 iolog)"#),
        ("", "fio version 1 iolog", r#"log:1: header "fio version 1 iolog" (legal: fio version 2"#),
        (head, "a erase 0 4096", r#"log:4: action "erase" (legal: add, open, close, wait, read"#),
        (head, "a", r#"log:4: action "" (legal: add"#),
        (head, "b read 0 4096", r#"log:4: filename "b" (legal: a file that a line above adds)"#),
        (head, "a close\na read 0 4096", r#"log:5: filename "a" (legal: a file that is open)"#),
        (head, "a read 512 4096", r#"log:4: offset "512" (legal: multiples of 4096)"#),
        (head, "a read 0 0", r#"log:4: length "0" (legal: multiples of 4096 from 4096 on)"#),
        (head, "a read -1 4096", r#"log:4: offset "-1" (legal: bytes, a multiple of 4096)"#),
        (head, "a read 0", r#"log:4: length "" (legal: bytes"#),
        (head, "a read 0 4096 7", r#"log:4: field behind the last "7" (legal: the end of the line)"#),
        (head, "a write 405504 8192", r#"log:4: offset + length "413696" (legal: at most 409600)"#),
        (head, "a wait 18446744073709551615", r#"log:4: wait "18446744073709551615" (legal: 0..="#),
        ("fio version 3 iolog\n", "a add", r#"log:2: timestamp "a" (legal: microseconds)"#),
        ("fio version 3 iolog\n9 a add\n", "8 a open", r#"log:3: timestamp "8" (legal: not before the line above)"#),
        ("fio version 3 iolog\n9 a add\n", "9 a wait 100", r#"log:3: action "wait" (legal: add, open, close, read"#),
    ];
    for (head, line, expected) in cases {
        let error = commands(&format!("{head}{line}")).unwrap_err();
        assert!(error.starts_with(expected), "{line}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(body in "([ab] )?(add|open|close|wait|read|write|trim|sync|[0-9]{1,20}| |\n){0,12}") {
        for version in [2, 3] {
            let _ = commands(&format!("fio version {version} iolog\n{body}"));
        }
    }

    #[test]
    fn every_page_of_every_request_appears_once_in_order(
        requests in prop::collection::vec((0u32..90, 1u32..10, 0usize..3), 0..20),
    ) {
        let (mut text, mut expected) = ("fio version 2 iolog\na add\na open\n".to_owned(), vec![]);
        for (first, count, operation) in requests {
            let operation = [Read, Write, Trim][operation];
            text += &format!("a {} {} {}\n", operation.name(), u64::from(first) * 4096, count * 4096);
            expected.extend((first..first + count).map(|page| command(None, operation, page)));
        }
        prop_assert_eq!(commands(&text).unwrap(), expected);
    }
}
