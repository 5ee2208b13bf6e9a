//! The catalogue, and what its blocks say of themselves.

use hardpath_rtl::catalogue::{CATALOGUE, find};
use hardpath_rtl::circuit::{CIRCUIT_INFO, circuit_info, no_collision};
use hardpath_rtl::raid::LaneWriteSource;
use rust_hdl::prelude::*;

#[test]
fn every_block_is_connected_and_names_itself() {
    for entry in CATALOGUE.iter() {
        let block = entry.build().expect(entry.name);
        check_connected(block.as_ref()).expect(entry.name);
        let info = block.timing();
        assert_eq!(info[0].name, CIRCUIT_INFO, "{}", entry.name);
        let documentation = &info[0].outputs[0];
        for item in ["- Latency: ", "- Throughput: ", "- Back-pressure: ", "- Limits: "] {
            assert!(documentation.contains(item), "{} does not state {item}", entry.name);
        }
        let type_name = info[0].clock.split('<').next().unwrap_or_default();
        let type_name = type_name.rsplit("::").next().unwrap_or_default();
        // A block that is listed in several configurations says which behind its type's name.
        assert!(entry.name.replace('_', "").starts_with(&type_name.to_lowercase()), "{}", entry.name);
    }
}

#[test]
fn names_are_found() {
    assert_eq!(find("xor_parity_engine").map(|entry| entry.name), Some("xor_parity_engine"));
    assert!(find("no_such_block").is_none());
}

#[test]
fn type_parameters_and_doc_comment_are_carried() {
    let info = circuit_info::<LaneWriteSource<7>>(&[("lanes", 10), ("words", 512)]);
    assert_eq!(info.len(), 1);
    assert_eq!(info[0].name, "hardpath.circuit");
    assert_eq!(info[0].clock, "hardpath_rtl::raid::lane_write_stream::LaneWriteSource<7>");
    assert_eq!(info[0].inputs, ["lanes=10", "words=512"]);
    let text = &info[0].outputs[0];
    assert!(text.starts_with("The sending end of a lane's write port, `W`-bit words.\n\nHandshake as in ["), "{text}");
    assert!(text.ends_with("its stripes come in ascending order."), "{text}");
}

#[test]
fn types_of_other_crates_have_no_text() {
    assert_eq!(circuit_info::<String>(&[])[0].outputs, [""]);
}

#[test]
fn memories_are_listed() {
    assert_eq!(no_collision(&["low_bank", "high_bank"]).inputs, ["low_bank", "high_bank"]);
}
