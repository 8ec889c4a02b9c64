//! Secrets from environment variables.

use clap::Args;
use qrhook::{Secret, Secrets};
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, chain},
    sender::Sender,
};

/// The variables that hold the secrets.
#[derive(Debug, Args)]
pub(crate) struct SecretArgs {
    /// The environment variable with the secret; may be repeated
    ///
    /// The default is QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET, QRPLANET_SECRET_TOKEN, or that of another sender.
    /// Name two variables to accept both the old and the new secret during a rotation.
    #[arg(long = "secret-env", value_name = "VAR")]
    variables: Vec<String>,
}

impl SecretArgs {
    /// Whether the default variable of the sender was replaced.
    pub(crate) fn is_given(&self) -> bool {
        !self.variables.is_empty()
    }

    /// The variables with the secrets of this sender.
    pub(crate) fn variables(&self, sender: Sender) -> Vec<&str> {
        if self.variables.is_empty() {
            return vec![sender.variable()];
        }
        self.variables.iter().map(String::as_str).collect()
    }

    /// All secrets, in the order of their variables.
    pub(crate) fn all(&self, sender: Sender) -> Result<Secrets, Failure> {
        let variables = self.variables(sender);
        variables.iter().try_for_each(|variable| check_name(variable))?;
        let secrets = Secrets::from_envs(variables.iter().copied()).map_err(|error| Failure::usage(chain(&error)))?;
        for variable in variables {
            let text = text(variable);
            let secret = Secret::new(&text).map_err(|error| Failure::usage(chain(&error)))?;
            sender.check(&secret, &text).map_err(|problem| Failure::usage(format!("{variable}: {problem}")))?;
        }
        Ok(secrets)
    }

    /// The text of the first secret, which signs.
    pub(crate) fn first(&self, sender: Sender) -> Result<Zeroizing<String>, Failure> {
        self.all(sender)?;
        Ok(self.variables(sender).first().map(|variable| text(variable)).unwrap_or_default())
    }
}

/// The text of the secret in this variable; empty if there is none.
fn text(variable: &str) -> Zeroizing<String> {
    let text = Zeroizing::new(std::env::var(variable).unwrap_or_default());
    Zeroizing::new(without_line_break(&text).to_owned())
}

/// The text without one line break at its end, which a receiver takes off as well.
pub(crate) fn without_line_break(text: &str) -> &str {
    text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line))
}

/// A secret that was given in place of a name must not appear in an error message.
pub(crate) fn check_name(variable: &str) -> Result<(), Failure> {
    let plain = variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins = variable.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    // Keys often consist of digits and small letters. A variable that is set may have any name.
    let looks_secret = variable.to_ascii_lowercase().starts_with("whsec")
        || (std::env::var_os(variable).is_none() && variable.len() >= 16 && !variable.contains('_'));
    if !begins || !plain || looks_secret {
        return Err(Failure::usage(
            "--secret-env takes the name of an environment variable (letters, digits and `_`), not the secret itself",
        ));
    }
    Ok(())
}
