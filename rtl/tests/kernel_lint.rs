//! The kernel lint finds each planted fault, passes what is sound, and finds nothing in this crate.

#[path = "../build/kernel_lint.rs"]
mod kernel_lint;
#[path = "../build/source_tree.rs"]
mod source_tree;

use std::path::Path;

use kernel_lint::lint_kernels;

/// A block whose kernel is `body`, which begins on line 4.
fn kernel(body: &str) -> String {
    format!("impl Logic for Block {{\n    #[hdl_gen]\n    fn update(&mut self) {{\n{body}\n    }}\n}}\n")
}

fn assert_one_fault(body: &str, line: usize, names: &str) {
    let faults = lint_kernels(&kernel(body));
    assert_eq!(faults.len(), 1, "{body}: {faults:?}");
    assert_eq!(faults[0].line, line, "{body}: {faults:?}");
    assert!(faults[0].fault.contains(names), "{body}: {faults:?}");
    assert!(!faults[0].instead.is_empty());
}

#[test]
fn match_guard_is_refused() {
    assert_one_fault("match self.state.q.val() {\n State::Idle if self.go.val() => {}\n _ => {}\n }", 5, "guard");
}

#[test]
fn inclusive_loop_is_refused() {
    assert_one_fault("for i in 0..=3 { self.o[i].next = true; }", 4, "..=");
}

#[test]
fn narrowing_signed_cast_is_refused() {
    assert_one_fault("self.o.next = signed_bit_cast::<4, 8>(self.s.val());", 4, "signed_bit_cast");
}

#[test]
fn functions_named_like_casts_are_refused() {
    for name in ["bits_reverse", "Bits::from", "bit_cast_wide", "signed_half", "unsigned_half", "unsigned_bit_cast"] {
        assert_one_fault(&format!("self.o.next = {name}(self.a.val());"), 4, name);
    }
}

#[test]
fn faults_nested_in_branches_and_loops_are_found() {
    let body =
        "if self.a.val() {\nfor i in 0..2 {\nif self.b[i].val() { self.o.next = bits_reverse(self.a.val()); }\n}\n}";
    assert_one_fault(body, 6, "bits_reverse");
}

#[test]
fn sound_kernels_pass() {
    let body = "self.o.next = bit_cast::<8, 4>(self.a.val()) + bits::<8>(3);\n\
                self.s.next = signed_cast(self.a.val());\n\
                for i in 0..3 { self.x[i].next = unsigned_cast(self.s.val()); }\n\
                match self.state.q.val() { State::Idle => {} _ => {} }";
    assert_eq!(lint_kernels(&kernel(body)), vec![]);
}

#[test]
fn ordinary_functions_may_use_all_of_rust() {
    let source = "fn f(x: u8) -> u8 { match x { 1 if x > 0 => bits_reverse(x), _ => { for _ in 0..=3 {} 0 } } }";
    assert_eq!(lint_kernels(source), vec![]);
}

#[test]
fn source_that_is_not_rust_is_a_fault() {
    let faults = lint_kernels("fn f( {");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].to_string().contains("not Rust"));
}

#[test]
fn circuits_of_this_crate_have_no_fault() {
    let files = source_tree::rust_files(Path::new("src")).expect("the sources are readable");
    let mut kernels = 0;
    for path in files {
        let source = std::fs::read_to_string(&path).expect("the sources are readable");
        kernels += source.matches("#[hdl_gen]").count();
        assert_eq!(lint_kernels(&source), vec![], "{}", path.display());
    }
    assert!(kernels > 5, "only {kernels} kernels were read");
}
