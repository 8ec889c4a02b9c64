//! The reference of all events and fields in `docs/reference`, made from the source of the senders.
//!
//! `QRHOOK_WRITE=1 cargo test -p qrhook-tests reference` regenerates it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Expr, Fields, Ident, Item, Lit, LitStr, Meta, Token, Type, Visibility, braced,
    parse::{Parse, ParseStream},
};

/// A sender, and the introduction of its page.
struct Sender {
    name: &'static str,
    title: &'static str,
    /// The file extension of its samples.
    extension: &'static str,
    about: &'static str,
}

const SENDERS: [Sender; 3] = [
    Sender {
        name: "qrstudio",
        title: "QR Studio",
        extension: "json",
        about: "The members of `data` in the body. Every event also has `id`, `type` and `created_at`, which are \
                `delivery.id()`, `delivery.event_type()` and `delivery.created_at()`.",
    },
    Sender {
        name: "codeqr",
        title: "CodeQR",
        extension: "json",
        about: "The members of `data` in the body. Every event also has `id`, `event` and `createdAt`, which are \
                `delivery.id()`, `delivery.event_type()` and `delivery.created_at()`.",
    },
    Sender {
        name: "qrplanet",
        title: "QR Planet",
        extension: "form",
        about: "The fields of the form. Every event also has `event`, which is `delivery.event_type()`. No event has an \
                id.",
    },
];

/// A struct with fields, wherever it is written.
struct Table {
    docs: String,
    fields: Vec<Field>,
}

struct Field {
    wire: Vec<String>,
    name: String,
    kind: Type,
    docs: String,
    masked: bool,
}

/// A variant of `Payload`, or of another enum.
struct Variant {
    name: String,
    /// The types of its fields.
    types: Vec<Type>,
    docs: String,
}

/// Everything public in the module of a sender.
#[derive(Default)]
struct Module {
    tables: BTreeMap<String, Table>,
    enums: BTreeMap<String, (String, Vec<Variant>)>,
}

/// The table of an `object!` or a `parameters!`.
struct Named {
    name: Ident,
    table: Table,
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let docs = docs(&input.call(Attribute::parse_outer)?);
        input.parse::<Token![pub]>()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let body;
        braced!(body in input);
        let mut fields = Vec::new();
        while !body.is_empty() {
            let docs = self::docs(&body.call(Attribute::parse_outer)?);
            let mut wire = vec![body.parse::<LitStr>()?.value()];
            while body.parse::<Option<Token![|]>>()?.is_some() {
                wire.push(body.parse::<LitStr>()?.value());
            }
            body.parse::<Token![=>]>()?;
            let name = body.parse::<Ident>()?.to_string();
            body.parse::<Token![:]>()?;
            let kind = body.parse()?;
            let masked = body.parse::<Option<Token![,]>>()?.is_some();
            if masked {
                assert_eq!(body.parse::<Ident>()?, "masked");
            }
            body.parse::<Token![;]>()?;
            fields.push(Field { wire, name, kind, docs, masked });
        }
        Ok(Self { name, table: Table { docs, fields } })
    }
}

impl Module {
    fn of(folder: &Path) -> Self {
        let mut this = Self::default();
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
        files.sort();
        for file in files {
            for item in syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap().items {
                this.read(item);
            }
        }
        this
    }

    fn read(&mut self, item: Item) {
        match item {
            Item::Macro(item) if item.mac.path.is_ident("object") || item.mac.path.is_ident("parameters") => {
                let named: Named = item.mac.parse_body().unwrap();
                self.tables.insert(named.name.to_string(), named.table);
            }
            // The fields that all events have.
            Item::Struct(item) if item.ident == "Event" => {
                let fields = item.fields.iter().filter_map(|field| {
                    let text = docs(&field.attrs);
                    let (docs, rest) = text.split_once("Wire name: `")?;
                    let (wire, rest) = rest.split_once('`')?;
                    Some(Field {
                        wire: vec![wire.to_owned()],
                        name: field.ident.as_ref()?.to_string(),
                        kind: field.ty.clone(),
                        docs: docs.trim().to_owned(),
                        masked: rest.contains("masked"),
                    })
                });
                let table = Table { docs: docs(&item.attrs), fields: fields.collect() };
                self.tables.insert("Event".to_owned(), table);
            }
            // A value that is made up of several parts.
            Item::Struct(item)
                if matches!(item.vis, Visibility::Public(_)) && item.fields.iter().any(|f| f.ident.is_some()) =>
            {
                let part = |field: &syn::Field| Variant {
                    name: field.ident.as_ref().unwrap().to_string(),
                    types: Vec::new(),
                    docs: docs(&field.attrs),
                };
                let parts = item.fields.iter().map(part).collect();
                self.enums.insert(item.ident.to_string(), (docs(&item.attrs), parts));
            }
            Item::Enum(item) => {
                let variant = |variant: &syn::Variant| Variant {
                    name: variant.ident.to_string(),
                    types: match &variant.fields {
                        Fields::Unit => Vec::new(),
                        fields => fields.iter().map(|field| field.ty.clone()).collect(),
                    },
                    docs: docs(&variant.attrs),
                };
                let variants = item.variants.iter().map(variant).collect();
                self.enums.insert(item.ident.to_string(), (docs(&item.attrs), variants));
            }
            _ => {}
        }
    }

    fn page(&self, sender: &Sender) -> String {
        let mut page = format!(
            "# Events of {title}\n\n{about}\n\n\
             The first column is the name on the wire. Every field is optional: a missing one, or one that does not fit \
             its type, is `None`. *Masked* fields are not shown by `Debug`. **Assumed** marks what no page of the vendor \
             says: do not rely on it.\n\n\
             Unknown members are in `extra`, and an unknown type is `Payload::Unknown`. This page is made from the \
             source of `qrhook::{name}`; a test keeps it up to date.\n",
            title = sender.title,
            about = sender.about,
            name = sender.name,
        );
        let mut sections = BTreeSet::new();
        if let Some(table) = self.tables.get("Event") {
            page.push_str("\n## All events\n\n");
            self.write_fields(&mut page, &table.fields, &mut sections);
        }
        for variant in &self.enums["Payload"].1 {
            if variant.name != "Unknown" {
                self.write_event(&mut page, sender, variant, &mut sections);
            }
        }
        // The types that the events share, and the types that those share in turn.
        let mut written = BTreeSet::new();
        while let Some(name) = sections.difference(&written).next().cloned() {
            write!(page, "\n## {name}\n\n").unwrap();
            match (self.tables.get(&name), self.enums.get(&name)) {
                (Some(table), _) => {
                    write!(page, "{}\n\n", text(&table.docs)).unwrap();
                    self.write_fields(&mut page, &table.fields, &mut sections);
                }
                (None, Some((docs, variants))) => {
                    write!(page, "{}\n\n| Value | Meaning |\n| --- | --- |\n", text(docs)).unwrap();
                    for variant in variants {
                        let (wire, docs) = labelled(&variant.docs);
                        let wire = wire.map_or_else(|| format!("`{}`", variant.name), |wire| format!("`{wire}`"));
                        writeln!(page, "| {wire} | {} |", cell(&docs)).unwrap();
                    }
                }
                (None, None) => unreachable!("{name} is not a section"),
            }
            written.insert(name);
        }
        page
    }

    fn write_event(&self, page: &mut String, sender: &Sender, variant: &Variant, sections: &mut BTreeSet<String>) {
        let (wire, docs) = labelled(&variant.docs);
        let wire = wire.unwrap_or_else(|| panic!("{} does not begin with the type on the wire", variant.name));
        write!(page, "\n## {wire}: `{}`\n\n{}\n\n", variant.name, text(&docs)).unwrap();
        let sample = format!("crates/qrhook/tests/fixtures/{}/samples/{wire}.{}", sender.name, sender.extension);
        assert!(root().join(&sample).is_file(), "{sample}");
        writeln!(page, "[Sample](../../{sample})").unwrap();
        for kind in &variant.types {
            let name = struct_name(kind);
            // A struct of several events has a section of its own.
            let uses = self.enums["Payload"].1.iter().flat_map(|variant| &variant.types);
            let shared = uses.filter(|kind| struct_name(kind) == name).count() > 1;
            match self.tables.get(&name) {
                Some(table) if !shared => {
                    write!(page, "\n{}\n\n", text(&table.docs)).unwrap();
                    self.write_fields(page, &table.fields, sections);
                }
                _ => {
                    write!(page, "\nFields: [{name}](#{})\n", name.to_lowercase()).unwrap();
                    sections.insert(name);
                }
            }
        }
    }

    fn write_fields(&self, page: &mut String, fields: &[Field], sections: &mut BTreeSet<String>) {
        page.push_str("| Name | Field | Type | Meaning |\n| --- | --- | --- | --- |\n");
        for Field { wire, name, kind, docs, masked } in fields {
            let wire: Vec<_> = wire.iter().map(|name| format!("`{name}`")).collect();
            let masked = if *masked { " *Masked.*" } else { "" };
            let kind = self.kind(kind, sections);
            writeln!(page, "| {} | `{name}` | {kind} | {}{masked} |", wire.join(" or "), cell(docs)).unwrap();
        }
    }

    /// A type in words, with a link to its section.
    fn kind(&self, kind: &Type, sections: &mut BTreeSet<String>) -> String {
        let Type::Path(path) = kind else { panic!("a type without a name") };
        let last = path.path.segments.last().unwrap();
        let inner: Vec<&Type> = match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    syn::GenericArgument::Type(kind) => Some(kind),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let mut within = |index: usize| self.kind(inner[index], sections);
        match last.ident.to_string().as_str() {
            "Option" | "Box" => within(0),
            "Vec" => format!("list of {}", within(0)),
            "BTreeMap" => format!("map from {} to {}", within(0), within(1)),
            "String" => "string".to_owned(),
            "bool" => "boolean".to_owned(),
            "u64" => "whole number".to_owned(),
            "f64" => "number".to_owned(),
            "Timestamp" => "time".to_owned(),
            "RawJson" => "JSON".to_owned(),
            name if self.tables.contains_key(name) || self.enums.contains_key(name) => {
                sections.insert(name.to_owned());
                format!("[{name}](#{})", name.to_lowercase())
            }
            name => format!("`{name}`"),
        }
    }
}

fn struct_name(kind: &Type) -> String {
    let Type::Path(path) = kind else { panic!("a type without a name") };
    let last = path.path.segments.last().unwrap();
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(kind)) => struct_name(kind),
            _ => panic!("a type without a name"),
        },
        _ => last.ident.to_string(),
    }
}

/// The docs of an item, with single line breaks.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(line) => Some(line.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The value on the wire in front of a description, and the rest with a capital letter.
fn labelled(docs: &str) -> (Option<String>, String) {
    let label = docs.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let Some((wire, rest)) = label else { return (None, docs.to_owned()) };
    let rest = rest.trim_start_matches(':').trim_start();
    let mut characters = rest.chars();
    let rest = characters.next().map(|first| first.to_uppercase().chain(characters).collect());
    (Some(wire.to_owned()), rest.unwrap_or_default())
}

/// Docs without links into the documentation of the code, and with the marks of assumptions in bold. Code samples are
/// left out.
fn text(docs: &str) -> String {
    let mut text = docs.split("```").step_by(2).collect::<Vec<_>>().join("");
    // [`name`](path) and [`name`] become `name`.
    while let Some(start) = text.find("[`") {
        let end = start + text[start..].find("`]").unwrap_or_else(|| panic!("{docs}")) + 2;
        let after = match text[end..].starts_with('(') {
            true => end + text[end..].find(')').unwrap() + 1,
            false => end,
        };
        text = format!("{}{}{}", &text[..start], &text[start + 1..end - 1], &text[after..]);
    }
    // [text](path::of::an::item) becomes the text.
    let to_an_item = |text: &str, middle: usize| text[middle..].split(')').next().unwrap().contains("::");
    while let Some(middle) = text.match_indices("](").map(|(at, _)| at).find(|middle| to_an_item(&text, *middle)) {
        let start = text[..middle].rfind('[').unwrap();
        let end = middle + text[middle..].find(')').unwrap() + 1;
        text = format!("{}{}{}", &text[..start], &text[start + 1..middle], &text[end..]);
    }
    let text = text.replace("Assumed:", "**Assumed:**").replace("Assumed.", "**Assumed.**");
    text.lines().collect::<Vec<_>>().join("\n").trim().replace("\n\n\n", "\n\n")
}

/// The same in one line.
fn cell(docs: &str) -> String {
    text(docs).replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn the_reference_of_events_is_up_to_date() {
    for sender in &SENDERS {
        let module = Module::of(&root().join("crates/qrhook/src/provider").join(sender.name));
        let page = module.page(sender);
        let file = root().join("docs/reference").join(sender.name).with_extension("md");
        if std::env::var_os("QRHOOK_WRITE").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &page).unwrap();
        }
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            written == page,
            "{} is not up to date: QRHOOK_WRITE=1 cargo test -p qrhook-tests reference",
            file.display()
        );
    }
}
