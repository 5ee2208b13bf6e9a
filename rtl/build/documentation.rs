//! Doc comments of structs, by the path `std::any::type_name` gives them.

use syn::{Attribute, Expr, Item, Lit, Meta};

/// Path of each struct of a module inside the crate, with its doc comment.
pub fn documented_structs(source: &str, module: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    if let Ok(file) = syn::parse_file(source) {
        collect(&file.items, module, &mut entries);
    }
    entries
}

fn collect(items: &[Item], module: &str, entries: &mut Vec<(String, String)>) {
    let inside = |name: &syn::Ident| match module {
        "" => name.to_string(),
        _ => format!("{module}::{name}"),
    };
    for item in items {
        match item {
            Item::Struct(definition) => {
                let text = doc_comment(&definition.attrs);
                if !text.is_empty() {
                    entries.push((inside(&definition.ident), text));
                }
            }
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    collect(items, &inside(&inner.ident), entries);
                }
            }
            _ => {}
        }
    }
}

/// The lines of a doc comment, each without the one space that follows the slashes.
fn doc_comment(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            let text = text.value();
            lines.push(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned());
        }
    }
    lines.join("\n")
}

/// A Rust expression: the entries as a slice of pairs, sorted by path for a binary search.
pub fn rust_table(entries: &mut [(String, String)]) -> String {
    entries.sort();
    let mut table = String::from("&[\n");
    for (path, text) in entries {
        table.push_str(&format!("    ({path:?}, {text:?}),\n"));
    }
    table.push_str("]\n");
    table
}
