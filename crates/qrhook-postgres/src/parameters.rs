//! The parameters of a URL.

/// The parameters that the driver knows (`parse_from_url` of sqlx-postgres 0.9), except `options[NAME]`. It logs the
/// value of any other parameter, for instance of a misspelt `password`.
pub(crate) const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

pub(crate) fn is_known(name: &str) -> bool {
    let of_the_server = name.strip_prefix("options[").is_some_and(|rest| rest.ends_with(']'));
    PARAMETERS.contains(&name) || of_the_server
}
