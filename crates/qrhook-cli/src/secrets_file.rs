//! The file with the secrets of all senders and tenants, for `--secrets`.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use qrhook::{
    Secret, UnixTime,
    tenant::{LONGEST_NAME, is_name},
};
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, chain},
    secrets::without_line_break,
    sender::Sender,
    senders::Senders,
    toml_file::{self, Document, Line, Problem, Table},
};

/// The secrets of a file.
pub(crate) struct SecretsFile {
    /// By sender and tenant, in the order of the file. The secrets without a tenant come first.
    pub(crate) hooks: BTreeMap<(Sender, Option<String>), Vec<Entry>>,
}

/// One secret.
pub(crate) struct Entry {
    pub(crate) secret: Secret,
    /// The secret itself, for `doctor`.
    pub(crate) text: Zeroizing<String>,
    pub(crate) label: Option<String>,
    pub(crate) not_after: Option<UnixTime>,
    line: Line,
}

impl SecretsFile {
    pub(crate) fn read(path: &Path, senders: &Senders) -> Result<Self, Failure> {
        Self::of(&toml_file::read(path)?, path, senders)
    }

    /// The secrets in the text of a file at this path.
    pub(crate) fn of(text: &str, path: &Path, senders: &Senders) -> Result<Self, Failure> {
        let file = Self::parse(text, path, senders);
        let file = file.map_err(|problem| Failure::usage(format!("{}, {problem}", path.display())))?;
        file.warn_of_shared_secrets();
        Ok(file)
    }

    /// Two hooks with one secret accept each other's requests, and handle a repeated event once each.
    fn warn_of_shared_secrets(&self) {
        let mut first = HashMap::new();
        for ((sender, _), entries) in &self.hooks {
            for entry in entries {
                let other = *first.entry((*sender, entry.text.as_str())).or_insert(entry.line);
                if other != entry.line {
                    let (sender, lines) = (sender.name(), format!("{other} and {}", entry.line));
                    tracing::warn!(
                        sender,
                        lines,
                        "two hooks have the same secret, so each accepts the other's requests"
                    );
                }
            }
        }
    }

    /// The failure of a command that needs the secrets of a hook that the file at this path does not have.
    pub(crate) fn lacks(path: &Path, sender: Sender, tenant: Option<&str>) -> Failure {
        let (sender, path) = (sender.name(), path.display());
        Failure::usage(match tenant {
            Some(tenant) => format!("{path} has no secret of {sender} for the tenant {tenant:?}"),
            None => format!("{path} has no secret of {sender} without a tenant: name the tenant with --tenant"),
        })
    }

    fn parse(text: &str, path: &Path, senders: &Senders) -> Result<Self, Problem> {
        let document = Document::parse(text)?;
        let mut root = document.root();
        let tables = root.tables("secret")?;
        root.end()?;
        if tables.is_empty() {
            return Err(document.root().line().problem("there is no secret: each begins with `[[secret]]`"));
        }
        let mut this = Self { hooks: BTreeMap::new() };
        for table in tables {
            let (hook, entry) = entry(table, path, senders)?;
            let entries: &mut Vec<Entry> = this.hooks.entry(hook).or_default();
            if entry.label.is_some() && entries.iter().any(|other| other.label == entry.label) {
                return Err(entry.line.problem("another secret of this hook has the same label"));
            }
            if entries.iter().any(|other| other.text == entry.text) {
                return Err(entry.line.problem("this hook has the same secret already"));
            }
            entries.push(entry);
        }
        Ok(this)
    }
}

fn entry(mut table: Table<'_>, path: &Path, senders: &Senders) -> Result<((Sender, Option<String>), Entry), Problem> {
    let line = table.line();
    let (at, name) = table.text("sender")?.ok_or_else(|| line.problem("`sender` is missing"))?;
    let sender = senders.get(name);
    let sender =
        sender.ok_or_else(|| at.problem(format!("this `sender` is not known; known are {}", senders.names())))?;
    let tenant = match table.text("tenant")? {
        Some((at, name)) if name.trim().is_empty() || !is_name(name) => {
            return Err(at.problem(format!(
                "a `tenant` has 1 to {LONGEST_NAME} bytes, not only spaces, and no control characters"
            )));
        }
        tenant => tenant.map(|(_, name)| name.to_owned()),
    };
    let text = text(&mut table, path)?;
    let mut secret = Secret::new(&text).map_err(|error| line.problem(chain(&error)))?;
    sender.check(&secret, &text).map_err(|problem| line.problem(problem))?;
    let label = table.text("label")?.map(|(_, label)| label.to_owned());
    let not_after = table.moment("not_after")?;
    table.end()?;
    if let Some(label) = &label {
        secret = secret.with_label(label.as_str());
    }
    if let Some(time) = not_after {
        secret = secret.with_not_after(time);
    }
    Ok(((sender, tenant), Entry { secret, text, label, not_after, line }))
}

/// The text of the secret: in the file itself, in a variable, or in a file of its own.
fn text(table: &mut Table<'_>, path: &Path) -> Result<Zeroizing<String>, Problem> {
    let line = table.line();
    match (table.text("secret")?, table.text("env")?, table.text("file")?) {
        (Some((_, text)), None, None) => Ok(Zeroizing::new(text.to_owned())),
        (None, Some((at, variable)), None) => {
            let text = std::env::var(variable).map(Zeroizing::new);
            let text = text.map_err(|_| at.problem("the variable that `env` names is not set, or not Unicode"))?;
            Ok(Zeroizing::new(without_line_break(&text).to_owned()))
        }
        (None, None, Some((at, file))) => {
            let file = path.parent().unwrap_or(Path::new("")).join(PathBuf::from(file));
            let text = std::fs::read_to_string(file).map(Zeroizing::new);
            let text = text.map_err(|error| at.problem(format!("cannot read the `file`: {error}")))?;
            Ok(Zeroizing::new(without_line_break(&text).to_owned()))
        }
        (None, None, None) => Err(line.problem("the secret is missing: give one of `secret`, `env` and `file`")),
        _ => Err(line.problem("give only one of `secret`, `env` and `file`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn problem(text: &str) -> String {
        SecretsFile::parse(text, Path::new("secrets.toml"), &Senders::built_in()).err().expect("a problem").to_string()
    }

    #[test]
    fn reads_senders_tenants_labels_and_ends() {
        let text = r#"
            [[secret]]
            sender = "qrstudio"
            secret = "whsec_1"
            label = "2026-11"
            not_after = 2026-12-01T01:00:00+01:00

            [[secret]]
            sender = "qrstudio"
            secret = "whsec_2"
            not_after = 1796083200

            [[secret]]
            sender = "codeqr"
            tenant = "acme"
            secret = 'whsec_3'
        "#;
        let file = SecretsFile::parse(text, Path::new("secrets.toml"), &Senders::built_in()).unwrap();
        let [first, second] = &file.hooks[&(Platform::QrStudio.sender(), None)][..] else { panic!("two secrets") };
        assert_eq!((first.text.as_str(), first.label.as_deref()), ("whsec_1", Some("2026-11")));
        assert_eq!(first.not_after, Some(UnixTime::from_secs(1_796_083_200)));
        assert_eq!((second.label.as_deref(), second.not_after), (None, first.not_after));
        let [third] = &file.hooks[&(Platform::CodeQr.sender(), Some("acme".to_owned()))][..] else {
            panic!("one secret")
        };
        assert_eq!((third.text.as_str(), third.not_after), ("whsec_3", None));
    }

    #[test]
    fn each_problem_names_its_line_and_no_value() {
        let cases = [
            ("", "line 1: there is no secret"),
            ("secret = 1", "line 1: `secret` is not a list of tables"),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = \"hunter2", "line 3: "),
            ("[[secret]]\nsecret = \"hunter2\"", "line 1: `sender` is missing"),
            ("\n[[secret]]\nsender = \"hunter2\"", "line 3: this `sender` is not known; known are qrstudio"),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = 7", "line 3: `secret` is not a string"),
            ("[[secret]]\nsender = \"qrstudio\"", "line 1: the secret is missing"),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = \" hunter2\"", "line 1: the secret has white space"),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = \"hunter2\"\nenv = \"A\"", "line 1: give only one"),
            ("[[secret]]\nsender = \"qrstudio\"\nenv = \"QRHOOK_TEST_NEVER_SET\"", "line 3: the variable"),
            ("[[secret]]\nsender = \"qrstudio\"\nfile = \"hunter2\"", "line 3: cannot read the `file`: No such file"),
            ("[[secret]]\nsender = \"qrstudio\"\ntenant = \"\"\nsecret = \"hunter2\"", "line 3: a `tenant` has"),
            (
                "[[secret]]\nsender = \"qrstudio\"\nsecret = \"hunter2\"\nlabels = 1",
                "line 4: `labels` is not known here",
            ),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = \"hunter2\"\nnot_after = 2026-12-01", "line 4: `not_after`"),
            ("[[secret]]\nsender = \"qrstudio\"\nsecret = \"hunter2\"\nnot_after = \"now\"", "line 4: `not_after`"),
            ("[[secrets]]\nsender = \"qrstudio\"", "line 1: `secrets` is not known here; known are secret"),
        ];
        for (text, expected) in cases {
            let problem = problem(text);
            assert!(problem.starts_with(expected), "{expected}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn secrets_of_one_hook_differ() {
        let entry = |text: &str, label: &str| {
            format!("[[secret]]\nsender = \"codeqr\"\nsecret = \"{text}\"\nlabel = \"{label}\"\n")
        };
        assert!(problem(&(entry("a", "1") + &entry("a", "2"))).starts_with("line 5: this hook has the same secret"));
        assert!(problem(&(entry("a", "1") + &entry("b", "1"))).starts_with("line 5: another secret of this hook has"));
    }
}
