"""Signs with the libraries of others, and lets qrhook verify; then the other way round: `foreign.py QRHOOK`."""
import datetime, os, subprocess, sys

import standardwebhooks
import svix.webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LIBRARIES = {"webhook": standardwebhooks.Webhook(SECRET), "svix": svix.webhooks.Webhook(SECRET)}
BODIES = ["{}", '{"test": 2432232314}', '{"type":"qr.scanned","timestamp":"2026-05-04T08:15:29Z","data":{"ü":1.50}}\n']

def qrhook(*arguments, body):
    environment = {**os.environ, "STANDARDWEBHOOKS_SECRET": SECRET}
    command = [sys.argv[1], *arguments]
    return subprocess.run(command, input=body.encode(), env=environment, capture_output=True)

def check(what, is_right, ran):
    if not is_right:
        sys.exit(f"{what}: {ran}")

checked = 0
for family, library in LIBRARIES.items():
    for body in BODIES:
        now = datetime.datetime.now(tz=datetime.timezone.utc)
        headers = {
            f"{family}-id": "msg_1",
            f"{family}-timestamp": str(int(now.timestamp())),
            f"{family}-signature": library.sign("msg_1", now, body),
        }
        lines = [part for line in headers.items() for part in ("--header", ": ".join(line))]
        verified = qrhook("verify", "standardwebhooks", *lines, body=body)
        check(f"signed by {family}", verified.returncode == 0 and b'"id":"msg_1"' in verified.stdout, verified)
        changed = qrhook("verify", "standardwebhooks", *lines, body=body + " ")
        check(f"changed after {family}", changed.stderr.startswith(b"rejected: signature-mismatch"), changed)

        signed = qrhook("sign", "standardwebhooks", "--id", "msg_2", body=body)
        ours = dict(line.split(": ", 1) for line in signed.stdout.decode().splitlines())
        # Raises if the signature is wrong.
        library.verify(body, ours)
        try:
            library.verify(body + " ", ours)
        except (standardwebhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError):
            checked += 1
        else:
            sys.exit(f"{family} does not notice a changed body")
print(f"{checked} bodies, in both directions")
