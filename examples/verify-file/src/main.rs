//! The plain function in a script: verifies a body in a file, without a server, a framework or a runtime.
//!
//! Run it on a body that a proxy or a queue has stored, with the signature header of the same request:
//!
//! ```text
//! QRSTUDIO_WEBHOOK_SECRET=whsec_test cargo run -p example-verify-file -- body.json "t=1778335283,v1=5257a8.."
//! ```
//!
//! Try it:
//!
//! ```text
//! export QRSTUDIO_WEBHOOK_SECRET=whsec_test
//! printf '{"type":"scan.created","id":"evt_1","data":{}}' > /tmp/body.json
//! cargo run -p example-verify-file -- /tmp/body.json \
//!     "$(cargo run -q -p qrhook-cli -- sign qrstudio --body /tmp/body.json | cut -d' ' -f2)"
//! ```

use std::{env, error::Error, fs, process::ExitCode};

use qrhook::{Secrets, UnixTime, VerifyError, qrstudio::QrStudio};

fn main() -> ExitCode {
    match verify() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error has a one-word reason for scripts and a phrase for people.
            match error.downcast_ref::<VerifyError>() {
                Some(error) => eprintln!("rejected: {}: {error}", error.reason()),
                None => eprintln!("error: {error}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn verify() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(signature)) = (arguments.next(), arguments.next()) else {
        return Err("usage: example-verify-file BODY-FILE SIGNATURE".into());
    };
    let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
    // The exact bytes that were received. A line break added by a text editor would change the body.
    let body = fs::read(&file)?;

    let delivery = qrhook::verify::<QrStudio>([("X-QRStudio-Signature", signature)], body, &secrets, UnixTime::now())?;
    println!("{:?} {:?}", delivery.id(), delivery.event().payload);
    Ok(())
}
