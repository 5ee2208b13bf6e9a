//! Names that are legal Verilog identifiers and unique.

use std::collections::HashSet;

/// Verilog-2005 and SystemVerilog words that tools refuse as identifiers.
const KEYWORDS: &[&str] = &[
    "accept_on",
    "alias",
    "always",
    "always_comb",
    "always_ff",
    "always_latch",
    "and",
    "assert",
    "assign",
    "assume",
    "automatic",
    "before",
    "begin",
    "bind",
    "bins",
    "binsof",
    "bit",
    "break",
    "buf",
    "bufif0",
    "bufif1",
    "byte",
    "case",
    "casex",
    "casez",
    "cell",
    "chandle",
    "checker",
    "class",
    "clocking",
    "cmos",
    "config",
    "const",
    "constraint",
    "context",
    "continue",
    "cover",
    "covergroup",
    "coverpoint",
    "cross",
    "deassign",
    "default",
    "defparam",
    "design",
    "disable",
    "dist",
    "do",
    "edge",
    "else",
    "end",
    "endcase",
    "endchecker",
    "endclass",
    "endclocking",
    "endconfig",
    "endfunction",
    "endgenerate",
    "endgroup",
    "endinterface",
    "endmodule",
    "endpackage",
    "endprimitive",
    "endprogram",
    "endproperty",
    "endsequence",
    "endspecify",
    "endtable",
    "endtask",
    "enum",
    "event",
    "eventually",
    "expect",
    "export",
    "extends",
    "extern",
    "final",
    "first_match",
    "for",
    "force",
    "foreach",
    "forever",
    "fork",
    "forkjoin",
    "function",
    "generate",
    "genvar",
    "global",
    "highz0",
    "highz1",
    "if",
    "iff",
    "ifnone",
    "ignore_bins",
    "illegal_bins",
    "implements",
    "implies",
    "import",
    "incdir",
    "include",
    "initial",
    "inout",
    "input",
    "inside",
    "instance",
    "int",
    "integer",
    "interconnect",
    "interface",
    "intersect",
    "join",
    "join_any",
    "join_none",
    "large",
    "let",
    "liblist",
    "library",
    "local",
    "localparam",
    "logic",
    "longint",
    "macromodule",
    "matches",
    "medium",
    "modport",
    "module",
    "nand",
    "negedge",
    "nettype",
    "new",
    "nexttime",
    "nmos",
    "nor",
    "noshowcancelled",
    "not",
    "notif0",
    "notif1",
    "null",
    "or",
    "output",
    "package",
    "packed",
    "parameter",
    "pmos",
    "posedge",
    "primitive",
    "priority",
    "program",
    "property",
    "protected",
    "pull0",
    "pull1",
    "pulldown",
    "pullup",
    "pulsestyle_ondetect",
    "pulsestyle_onevent",
    "pure",
    "rand",
    "randc",
    "randcase",
    "randsequence",
    "rcmos",
    "real",
    "realtime",
    "ref",
    "reg",
    "reject_on",
    "release",
    "repeat",
    "restrict",
    "return",
    "rnmos",
    "rpmos",
    "rtran",
    "rtranif0",
    "rtranif1",
    "s_always",
    "s_eventually",
    "s_nexttime",
    "s_until",
    "s_until_with",
    "scalared",
    "sequence",
    "shortint",
    "shortreal",
    "showcancelled",
    "signed",
    "small",
    "soft",
    "solve",
    "specify",
    "specparam",
    "static",
    "string",
    "strong",
    "strong0",
    "strong1",
    "struct",
    "super",
    "supply0",
    "supply1",
    "sync_accept_on",
    "sync_reject_on",
    "table",
    "tagged",
    "task",
    "this",
    "throughout",
    "time",
    "timeprecision",
    "timeunit",
    "tran",
    "tranif0",
    "tranif1",
    "tri",
    "tri0",
    "tri1",
    "triand",
    "trior",
    "trireg",
    "type",
    "typedef",
    "union",
    "unique",
    "unique0",
    "unsigned",
    "until",
    "until_with",
    "untyped",
    "use",
    "uwire",
    "var",
    "vectored",
    "virtual",
    "void",
    "wait",
    "wait_order",
    "wand",
    "weak",
    "weak0",
    "weak1",
    "while",
    "wildcard",
    "wire",
    "with",
    "within",
    "wor",
    "xnor",
    "xor",
];

/// Hands out identifiers that are unique in one scope.
#[derive(Default)]
pub(crate) struct Names {
    used: HashSet<String>,
}

impl Names {
    /// A legal identifier close to `wanted`, not handed out before.
    pub fn unique(&mut self, wanted: &str) -> String {
        let base = identifier(wanted);
        let mut name = base.clone();
        let mut count = 1;
        while !self.used.insert(name.clone()) {
            count += 1;
            name = format!("{base}_variant{count}");
        }
        name
    }
}

/// A legal Verilog identifier: field path separators become `_`, keywords get a trailing `_`.
pub(crate) fn identifier(text: &str) -> String {
    let text = text.strip_prefix("r#").unwrap_or(text);
    let mut name: String =
        text.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect();
    if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
        name.insert(0, '_');
    }
    if KEYWORDS.binary_search(&name.as_str()).is_ok() {
        name.push('_');
    }
    name
}

/// `XorParityEngine` -> `xor_parity_engine`.
pub(crate) fn snake_case(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut name = String::new();
    for (index, character) in characters.iter().enumerate() {
        let starts_word = character.is_ascii_uppercase()
            && index > 0
            && (!characters[index - 1].is_ascii_uppercase()
                || characters.get(index + 1).is_some_and(char::is_ascii_lowercase));
        if starts_word && !name.ends_with('_') {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// A Rust type without module paths: `a::b::Engine<64, a::Kind>` -> `Engine<64, Kind>`.
pub(crate) fn short_type(full: &str) -> String {
    let mut short = String::new();
    let mut word = String::new();
    for character in full.chars() {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
        } else if character == ':' {
            word.clear();
        } else {
            short.push_str(&word);
            word.clear();
            short.push(character);
        }
    }
    short + &word
}

/// A circuit's name from its Rust type and run-time parameters: `Engine<64, Kind>` with `lanes=10` -> `engine_64_kind_lanes10`.
pub(crate) fn circuit_name(rust_type: &str, parameters: &[String]) -> String {
    let words = rust_type.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    let mut parts: Vec<String> = words.filter(|word| !word.is_empty()).map(snake_case).collect();
    parts.extend(parameters.iter().map(|parameter| parameter.replace('=', "")));
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_so_that_the_search_finds_each() {
        assert!(KEYWORDS.is_sorted());
        assert_eq!(identifier("table"), "table_");
        assert_eq!(identifier("xor"), "xor_");
        assert_eq!(identifier("bus$data"), "bus_data");
        assert_eq!(identifier("r#type"), "type_");
    }

    #[test]
    fn types_become_names_without_module_paths() {
        assert_eq!(short_type("crate_a::raid::Engine<64, crate_b::Kind>"), "Engine<64, Kind>");
        assert_eq!(circuit_name("Engine<64, Kind>", &["lanes=10".into()]), "engine_64_kind_lanes10");
        assert_eq!(snake_case("XorParityEngine"), "xor_parity_engine");
        assert_eq!(snake_case("FCPort"), "fc_port");
    }

    #[test]
    fn names_that_meet_are_told_apart() {
        let mut names = Names::default();
        assert_eq!(names.unique("bus$data"), "bus_data");
        assert_eq!(names.unique("bus_data"), "bus_data_variant2");
    }
}
