//! The secrets, which come from environment variables.

use clap::Args;
use qrhook::Secrets;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, chain},
    sender::Sender,
};

/// Where the secrets are.
#[derive(Debug, Args)]
pub(crate) struct SecretArgs {
    /// Environment variable with a secret, instead of the sender's own; may be repeated
    ///
    /// The default is QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN. Give several to accept
    /// an old and a new secret while one is rotated. What signs takes the first one.
    #[arg(long = "secret-env", value_name = "VAR")]
    variables: Vec<String>,
}

impl SecretArgs {
    /// Whether the sender's own variable was replaced.
    pub(crate) fn is_given(&self) -> bool {
        !self.variables.is_empty()
    }

    /// The variables, which the secrets of this sender are in.
    pub(crate) fn variables(&self, sender: Sender) -> Vec<&str> {
        if self.variables.is_empty() {
            return vec![sender.variable()];
        }
        self.variables.iter().map(String::as_str).collect()
    }

    /// All secrets, in the order of the variables.
    pub(crate) fn all(&self, sender: Sender) -> Result<Secrets, Failure> {
        let variables = self.variables(sender);
        variables.iter().try_for_each(|variable| check_name(variable))?;
        Secrets::from_envs(variables).map_err(|error| Failure::usage(chain(&error)))
    }

    /// The text of the first secret, to sign with.
    pub(crate) fn first(&self, sender: Sender) -> Result<Zeroizing<String>, Failure> {
        self.all(sender)?;
        let variables = self.variables(sender);
        let text = variables.first().and_then(std::env::var_os).and_then(|text| text.into_string().ok());
        let text = Zeroizing::new(text.unwrap_or_default());
        let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        Ok(Zeroizing::new(line.unwrap_or(&text).to_owned()))
    }
}

/// A secret given in place of a name must not get into an error message.
fn check_name(variable: &str) -> Result<(), Failure> {
    let plain = variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = variable.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    // Keys are often nothing but digits and small letters; names that are set may be anything.
    let looks_secret = variable.to_ascii_lowercase().starts_with("whsec")
        || (std::env::var_os(variable).is_none() && variable.len() >= 16 && !variable.contains('_'));
    if !begins || !plain || looks_secret {
        return Err(Failure::usage(
            "--secret-env takes the name of an environment variable (letters, digits and `_`), not the secret itself",
        ));
    }
    Ok(())
}
