//! The files of a starter, made from templates.

use std::path::{Path, PathBuf};

use super::{Kind, StoreKind};
use crate::platform::Platform;

/// The answers that a starter is made from.
pub(super) struct Starter {
    pub(super) kind: Kind,
    pub(super) platform: Platform,
    pub(super) store: StoreKind,
    /// The name of the package, and of the endpoint.
    pub(super) name: String,
    /// A checkout of qrhook. Without one, the crates come from the registry.
    pub(super) checkout: Option<PathBuf>,
}

/// A path inside the folder, and its content.
pub(super) type File = (&'static str, String);

impl Starter {
    pub(super) fn files(&self) -> Vec<File> {
        let fill = |template: &str| self.fill(template);
        match self.kind {
            Kind::Axum => {
                self.app(include_str!("../../../templates/axum.toml"), include_str!("../../../templates/axum.rs"))
            }
            Kind::Actix => {
                self.app(include_str!("../../../templates/actix.toml"), include_str!("../../../templates/actix.rs"))
            }
            Kind::Systemd => vec![
                ("qrhook.service", fill(include_str!("../../../templates/qrhook.service"))),
                ("secrets.env", fill(include_str!("../../../templates/secrets.env"))),
                ("README.md", fill(include_str!("../../../templates/systemd.md"))),
            ],
        }
    }

    fn app(&self, manifest: &str, program: &str) -> Vec<File> {
        vec![
            ("Cargo.toml", self.fill(manifest)),
            ("src/main.rs", self.fill(program)),
            ("README.md", self.fill(include_str!("../../../templates/app.md"))),
            (".gitignore", "/target\n/qrhook.db*\n".to_owned()),
        ]
    }

    fn fill(&self, template: &str) -> String {
        self.values()
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let platform = About::of(self.platform);
        let store = self.store.about();
        let dependency = |name: &str, features: &[&str]| dependency(self.checkout.as_deref(), name, features);
        let (store_step, store_export, store_env) = match store.url {
            None => Default::default(),
            Some(url) => (
                " and the URL of your server".to_owned(),
                format!("\n   export QRHOOK_STORE={url}"),
                format!("# The URL of the store.\nQRHOOK_STORE={url}\n"),
            ),
        };
        let text = |text: &str| text.to_owned();
        vec![
            ("name", self.name.clone()),
            ("sender", text(self.platform.name())),
            ("VARIABLE", text(self.platform.variable())),
            ("title", text(platform.title)),
            ("Provider", text(platform.provider)),
            ("event", text(platform.event)),
            ("arm", text(platform.arm)),
            ("secret", text(platform.secret)),
            ("secret_words", text(platform.secret_words)),
            ("retries", text(platform.retries)),
            ("Store", text(store.path)),
            ("open_store", text(store.open)),
            ("store_argument", store.argument.map(|argument| format!(" --store {argument}")).unwrap_or_default()),
            (
                "store_dependency",
                store
                    .package
                    .map(|name| format!("{name} = {}\n", dependency(name, store.features)))
                    .unwrap_or_default(),
            ),
            ("store_step", store_step),
            ("store_export", store_export),
            ("store_env", store_env),
            ("qrhook", dependency("qrhook", &[])),
            ("qrhook-testing", dependency("qrhook", &["testing"])),
            ("qrhook-axum", dependency("qrhook-axum", &["serve"])),
            ("qrhook-actix", dependency("qrhook-actix", &["serve"])),
        ]
    }
}

/// The value of a dependency in a manifest.
fn dependency(checkout: Option<&Path>, name: &str, features: &[&str]) -> String {
    let features: Vec<_> = features.iter().map(|feature| toml_string(feature)).collect();
    let features = if features.is_empty() { String::new() } else { format!(", features = [{}]", features.join(", ")) };
    match checkout {
        Some(checkout) => {
            let path = checkout.join("crates").join(name);
            format!("{{ path = {}{features} }}", toml_string(&path.to_string_lossy()))
        }
        None if features.is_empty() => toml_string(VERSION),
        None => format!("{{ version = {}{features} }}", toml_string(VERSION)),
    }
}

/// Whether the crates are on a registry. `scripts/release` demands that this is set.
pub(super) const PUBLISHED: bool = false;

/// The crates share the series of the command, which a test checks.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// A basic string of TOML, which escapes the same characters as JSON.
fn toml_string(text: &str) -> String {
    crate::json::of(text)
}

/// The parts of a starter that depend on the sender.
struct About {
    title: &'static str,
    provider: &'static str,
    event: &'static str,
    arm: &'static str,
    secret: &'static str,
    secret_words: &'static str,
    retries: &'static str,
}

impl About {
    const fn of(platform: Platform) -> Self {
        match platform {
            Platform::QrStudio => Self {
                title: "QR Studio",
                provider: "QrStudio",
                event: "scan.created",
                arm: r#"Payload::ScanCreated(scan) => println!("{:?} was scanned in {:?}", scan.short_id, scan.country),"#,
                secret: "whsec_test",
                secret_words: "the secret of the hook, with its `whsec_` prefix",
                retries: "After any other status, QR Studio retries.",
            },
            Platform::CodeQr => Self {
                title: "CodeQR",
                provider: "CodeQr",
                event: "sale.created",
                arm: r#"Payload::SaleCreated(_) => println!("a sale: {:?}", delivery.id()),"#,
                secret: "whsec_test",
                secret_words: "the secret of the hook, with its `whsec_` prefix",
                retries: "After any other status, CodeQR retries.",
            },
            Platform::QrPlanet => Self {
                title: "QR Planet",
                provider: "QrPlanet",
                event: "VOUCHER_REDEEMED",
                arm: r#"Payload::VoucherRedeemed(_) => println!("a voucher was redeemed"),"#,
                secret: "test-key",
                secret_words: "the secret API key of the account, which QR Planet sends as `secrettoken`",
                retries: "QR Planet does not document retries.",
            },
        }
    }
}

/// The statement that reads the URL of a server.
macro_rules! server_url {
    () => {
        "let url = std::env::var(\"QRHOOK_STORE\").map_err(|error| anyhow::anyhow!(\"QRHOOK_STORE: {error}\"))?;\n    "
    };
}

/// The parts of a starter that depend on the store.
struct AboutStore {
    path: &'static str,
    open: &'static str,
    package: Option<&'static str>,
    features: &'static [&'static str],
    /// The value of `--store`, if it is not the default and not a URL with a password.
    argument: Option<&'static str>,
    /// An example of the URL in `QRHOOK_STORE`.
    url: Option<&'static str>,
}

impl StoreKind {
    const fn about(self) -> AboutStore {
        match self {
            Self::Sqlite => AboutStore {
                path: "qrhook_sqlite::SqliteStore",
                open: r#"let store = SqliteStore::open("qrhook.db")?;"#,
                package: Some("qrhook-sqlite"),
                features: &[],
                argument: Some("sqlite:%S/qrhook/qrhook.db"),
                url: None,
            },
            Self::Postgres => AboutStore {
                path: "qrhook_postgres::PostgresStore",
                open: concat!(server_url!(), "let store = PostgresStore::connect(&url).await?;"),
                package: Some("qrhook-postgres"),
                features: &["rustls"],
                argument: None,
                url: Some("postgres://localhost/qrhook"),
            },
            Self::Redis => AboutStore {
                path: "qrhook_redis::RedisStore",
                open: concat!(server_url!(), "let store = RedisStore::connect(&url).await?;"),
                package: Some("qrhook-redis"),
                features: &["rustls"],
                argument: None,
                url: Some("redis://localhost"),
            },
            Self::Memory => AboutStore {
                path: "qrhook::MemoryStore",
                open: "let store = MemoryStore::new();",
                package: None,
                features: &[],
                argument: Some("memory"),
                url: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn all_crates_have_the_series_of_the_command() {
        for name in ["qrhook", "qrhook-axum", "qrhook-actix", "qrhook-sqlite", "qrhook-postgres", "qrhook-redis"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("Cargo.toml");
            let manifest = std::fs::read_to_string(path).unwrap();
            assert!(manifest.contains(&format!("\nversion = \"{VERSION}.")), "{name} is not in the series {VERSION}");
        }
    }

    #[test]
    fn no_placeholder_is_left() {
        for kind in Kind::value_variants() {
            for platform in Platform::ALL {
                for store in StoreKind::value_variants() {
                    for checkout in [None, Some(PathBuf::from("/a \"b\"/qrhook"))] {
                        let (kind, store, name) = (*kind, *store, "hook".to_owned());
                        for (path, content) in (Starter { kind, platform, store, name, checkout }).files() {
                            assert!(!content.contains("{{"), "{path}: {content}");
                        }
                    }
                }
            }
        }
    }
}
