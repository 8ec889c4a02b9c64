//! Secrets in a URL, or in the files and variables that belong to it, reach neither the log nor an error.

use std::{env, error::Error, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use qrhook_postgres::{ConnectError, PostgresStore};
use qrhook_test_servers::Postgres;

use crate::logs::Log;

/// Returns the error, and the text of the error and the log.
async fn refused(url: &str) -> (ConnectError, String) {
    let (log, _guard) = Log::start();
    let error = PostgresStore::connect(url).await.unwrap_err();
    let mut said = format!("{error} {error:?} {}", log.text());
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    (error, said)
}

#[tokio::test]
async fn unknown_parameters_are_refused_by_name() {
    let cases = [
        ("sslpassword=SECRET", "sslpassword"),
        ("pasword=SECRET", "pasword"),
        ("Password=SECRET", "Password"),
        ("pass%77ordd=SECRET", "passwordd"),
        ("sslmode=require&channel_binding=SECRET", "channel_binding"),
        ("user=u&user=u&pasword=SECRET&pasword=SECRET", "pasword"),
        ("options[password=SECRET", "options[password"),
        ("pasword", "pasword"),
    ];
    for (query, expected) in cases {
        let (error, said) = refused(&format!("postgres://u@127.0.0.1:1/x?{query}")).await;
        assert!(
            matches!(&error, ConnectError::UnknownParameter { name: Some(name) } if name == expected),
            "{query}: {error:?}"
        );
        assert!(
            error.to_string().contains(&format!("`{expected}`; known parameters are application_name, ")),
            "{error}"
        );
        assert!(!said.contains("SECRET"), "{said}");
    }
}

/// The part of a password after a `?` looks like a parameter.
#[tokio::test]
async fn the_rest_of_a_password_is_not_taken_for_a_name() {
    let queries = [
        "SECRET@127.0.0.1/x",
        "SECRET&more=1@127.0.0.1/x",
        "SECRET%20=1",
        "SECRET:=1",
        "%00SECRET",
        "=SECRET",
        &"SECRET".repeat(20),
    ];
    for query in queries {
        let (error, said) = refused(&format!("postgres://u:1?{query}")).await;
        assert!(matches!(error, ConnectError::UnknownParameter { name: None }), "{query}: {error:?}");
        assert!(!said.contains("SECRET"), "{said}");
    }
    for url in ["postgres://u:1#SECRET@127.0.0.1/x", "postgres://u:1/SECRET@127.0.0.1/x"] {
        let (error, said) = refused(url).await;
        assert!(matches!(error, ConnectError::Url), "{url}: {error:?}");
        assert!(!said.contains("SECRET"), "{said}");
    }
}

#[tokio::test]
async fn the_settings_of_a_connection_are_not_repeated() {
    let postgres = Postgres::start();
    for query in [
        "options=SECRET",
        "options=-c%20statement_timeout%3DSECRET",
        "options=-c%20SECRET",
        "options=--SECRET",
        "options[work_mem]=SECRET",
    ] {
        let (error, said) = refused(&format!("{}?{query}", postgres.url())).await;
        assert!(matches!(error, ConnectError::Unusable { .. }), "{query}: {error:?}");
        assert!(!said.contains("SECRET"), "{said}");
    }
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_key_in_the_place_of_a_certificate_is_not_repeated() {
    let key = rcgen::KeyPair::generate().unwrap();
    let servers_key = key.serialize_pem();
    let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let postgres = Postgres::start_with_tls(&certificate.pem(), &servers_key);
    let pem = "-----BEGIN%20CERTIFICATE-----%0AU0VDUkVU!SECRET%0A-----END%20CERTIFICATE-----";
    for name in ["sslrootcert", "sslcert", "sslkey"] {
        let (error, said) = refused(&format!("{}?sslmode=verify-full&{name}={pem}", postgres.url())).await;
        assert!(!matches!(error, ConnectError::UnknownParameter { .. } | ConnectError::Url), "{name}: {error:?}");
        assert!(!said.contains("SECRET"), "{name}: {said}");
    }
}

/// Returns the output of a program with these environment variables that connects to a server that does not exist.
fn of_a_program(variables: &[(&str, &Path)]) -> String {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "secrets::a_file_of_passwords_is_not_logged", "--nocapture"]).env(CHILD, "1");
    for name in ["PGPASSWORD", "PGPASSFILE"] {
        program.env_remove(name);
    }
    let output = program.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

const CHILD: &str = "QRHOOK_TEST_CONNECTS";

/// The driver logs a line that it cannot read. Environment variables belong to a process, so this test starts another
/// one.
#[tokio::test]
async fn a_file_of_passwords_is_not_logged() {
    if env::var_os(CHILD).is_some() {
        println!("{}", refused("postgres://u@127.0.0.1:1/x").await.1);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [file, none] = ["passwords", "none"].map(|name| folder.path().join(name));
    let write = |path: &Path, text: &str| {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write(&file, "# ours\n127.0.0.1:1:x:SECRET\n");
    let said = of_a_program(&[("PGPASSFILE", &file), ("HOME", folder.path())]);
    assert!(said.contains("line 2 of the password file") && !said.contains("SECRET"), "{said}");
    write(&folder.path().join(".pgpass"), "127.0.0.1:1:SECRET\n");
    let said = of_a_program(&[("PGPASSFILE", &none), ("HOME", folder.path())]);
    assert!(said.contains("line 1 of the password file") && !said.contains("SECRET"), "{said}");

    // The password file is not read.
    let said = of_a_program(&[("PGPASSWORD", Path::new("SECRET")), ("PGPASSFILE", &file), ("HOME", folder.path())]);
    assert!(said.contains("cannot be reached") && !said.contains("SECRET"), "{said}");
    write(&file, "127.0.0.1:1:x:u:SECRET\n");
    let said = of_a_program(&[("PGPASSFILE", &file), ("HOME", &none)]);
    assert!(said.contains("cannot be reached") && !said.contains("SECRET"), "{said}");
}
