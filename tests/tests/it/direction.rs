//! The dependencies between the files of a crate, called arrows here, run one way.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Item, UseTree};

/// The modules of the core, and those that each may use. All of these are higher up in the list, so there are no cycles.
const CORE: [(&str, &[&str]); 15] = [
    ("time", &[]),
    ("secret", &["time"]),
    ("clock", &["time"]),
    ("bucket", &[]),
    ("body", &[]),
    ("event", &["body", "time"]),
    ("verify", &["body", "secret", "time"]),
    ("tenant", &["bucket", "clock", "secret", "time", "verify"]),
    ("provider", &["body", "event", "time", "verify"]),
    ("store", &["clock"]),
    ("delivery", &["body", "bucket", "event", "provider", "secret", "store", "tenant", "time", "verify"]),
    ("rejection", &["store", "verify"]),
    (
        "receiver",
        &["body", "clock", "delivery", "event", "provider", "rejection", "secret", "store", "tenant", "time", "verify"],
    ),
    ("serving", &["provider", "receiver"]),
    ("testing", &["body", "clock", "delivery", "event", "provider", "secret", "store", "time", "verify"]),
];

type Module = Vec<String>;

/// The files of a crate and their `use` lines.
struct Source {
    files: BTreeMap<Module, PathBuf>,
    /// For each module, the names that it imports from other modules, as paths from the crate root.
    uses: BTreeMap<Module, Vec<Vec<String>>>,
}

impl Source {
    fn of(root: &Path) -> Self {
        let mut this = Self { files: BTreeMap::new(), uses: BTreeMap::new() };
        this.read_folder(root, &[]);
        let modules: BTreeSet<Module> = this.files.keys().cloned().collect();
        for (module, file) in &this.files {
            let code = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
            let mut paths = Vec::new();
            for item in code.items {
                if let Item::Use(item) = item {
                    flatten(&item.tree, &mut Vec::new(), &mut paths);
                }
            }
            let own = paths.into_iter().filter_map(|path| within_the_crate(module, path, &modules)).collect();
            this.uses.insert(module.clone(), own);
        }
        this
    }

    fn read_folder(&mut self, folder: &Path, module: &[String]) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let child = || [module, std::slice::from_ref(&name)].concat();
            if name == "tests" {
                continue;
            }
            if path.is_dir() {
                self.read_folder(&path, &child());
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let is_folder = matches!(name.as_str(), "mod" | "lib" | "main");
                self.files.insert(if is_folder { module.to_vec() } else { child() }, path.clone());
            }
        }
    }

    /// The file that defines this name; modules that only re-export it are followed.
    fn definition(&self, path: &[String]) -> Module {
        let module = (0..=path.len()).rev().map(|length| &path[..length]);
        let module = module.into_iter().find(|module| self.files.contains_key(*module)).unwrap().to_vec();
        let Some(name) = path.get(module.len()) else { return module };
        let passed_on = self.uses[&module].iter().find(|used| used.last() == Some(name) && used.starts_with(&module));
        passed_on.filter(|used| *used != path).map_or(module, |used| self.definition(used))
    }

    /// The arrows between files. A file is part of its folder and may use that folder's `mod.rs`.
    fn arrows(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let of = |module: &Module| {
            let targets = self.uses[module].iter().map(|path| self.definition(path));
            targets.filter(|target| !module.starts_with(target) && !target.starts_with(module)).collect()
        };
        self.uses.keys().map(|module| (module, of(module))).collect()
    }
}

fn flatten(tree: &UseTree, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, paths);
            prefix.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, paths)),
        UseTree::Name(name) if name.ident == "self" => paths.push(prefix.clone()),
        UseTree::Name(name) => paths.push([&prefix[..], &[name.ident.to_string()]].concat()),
        UseTree::Rename(rename) => paths.push([&prefix[..], &[rename.ident.to_string()]].concat()),
        UseTree::Glob(_) => paths.push(prefix.clone()),
    }
}

/// The path from the crate root; `None` for a name from another crate.
fn within_the_crate(module: &Module, path: Vec<String>, modules: &BTreeSet<Module>) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    if supers > 0 {
        return Some([&module[..module.len() - supers], &path[supers..]].concat());
    }
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([&module[..], &path[1..]].concat()),
        child if modules.contains(&[&module[..], &[child.to_owned()]].concat()) => Some([&module[..], &path].concat()),
        _ => None,
    }
}

fn crates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("src")).collect()
}

#[test]
fn no_arrow_of_the_core_runs_up() {
    for (index, (module, allowed)) in CORE.iter().enumerate() {
        let above: Vec<_> = CORE[..index].iter().map(|(module, _)| *module).collect();
        assert!(allowed.iter().all(|used| above.contains(used)), "{module} is above a module that it may use");
    }
    let source = Source::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/qrhook/src"));
    let mut seen = 0;
    for (module, targets) in source.arrows() {
        let Some(from) = module.first() else { continue };
        let (_, allowed) = CORE.iter().find(|(name, _)| name == from).unwrap_or_else(|| panic!("{from} is not listed"));
        for target in targets {
            let to = target.first().unwrap_or_else(|| panic!("{module:?} imports a name from the root of the core"));
            assert!(from == to || allowed.contains(&to.as_str()), "{module:?} uses {target:?}");
            seen += 1;
        }
    }
    assert!(seen > 100, "the arrows were read: {seen}");
}

#[test]
fn no_files_form_a_circle() {
    for root in crates() {
        let source = Source::of(&root);
        let arrows = source.arrows();
        for start in arrows.keys() {
            let (mut reached, mut next) = (BTreeSet::new(), vec![*start]);
            while let Some(module) = next.pop() {
                for target in &arrows[module] {
                    assert_ne!(target, *start, "{}: a cycle through {module:?}", root.display());
                    if reached.insert(target) {
                        next.push(arrows.get_key_value(target).unwrap().0);
                    }
                }
            }
        }
    }
}
