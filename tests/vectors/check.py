#!/usr/bin/env python3
"""Checks the vectors with Python's own HMAC and form parser, as a witness independent of qrhook's signer."""
import base64, email, hashlib, hmac, json, pathlib, re, sys
from urllib.parse import parse_qsl

def values(vector, name):
    return [value for key, value in vector["headers"] if key.lower() == name]

def signature(sender, vector, body):
    found = values(vector, {"qrstudio": "x-qrstudio-signature", "codeqr": "codeqr-signature"}[sender])
    if len(found) != 1:
        return "repeated-header" if found else "missing-signature"
    signed, time, macs = body, None, [found[0].strip()]
    if sender == "qrstudio":
        items = [item.strip().split("=", 1) for item in found[0].split(",") if "=" in item]
        times = [value for name, value in items if name == "t"]
        macs = [value for name, value in items if name == "v1"][:8]
        if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]):
            return "malformed-signature"
        signed, time = times[0].encode() + b"." + body, int(times[0])
    macs = [bytes.fromhex(mac) for mac in macs if re.fullmatch("[0-9a-fA-F]{64}", mac)]
    if not macs:
        return "malformed-signature"
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).digest() for secret in vector["secrets"]]
    if not any(hmac.compare_digest(mac, right) for mac in macs for right in expected):
        return "signature-mismatch"
    if time is not None and abs(vector["now"] - time) > 300:
        return "stale" if time < vector["now"] else "future"

def one(vector, name):
    found = values(vector, name)
    return (found[0].strip(), None) if len(found) == 1 else (None, "repeated-header" if found else "missing")

def described(scheme, vector, body):
    """For a sender whose file describes its scheme."""
    family = next((family for family in scheme["families"] if values(vector, family["signature"])), None)
    if family is None:
        return "missing-signature"
    found, problem = one(vector, family["signature"])
    if problem:
        return problem
    signed, time, form = body, None, scheme["format"]
    if form == "items":
        items = [item.strip().split("=", 1) for item in found.split(",") if "=" in item]
        times, macs = ([value for name, value in items if name == wanted] for wanted in ("t", "v1"))
        if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]):
            return "malformed-signature"
        signed, time = times[0].encode() + b"." + body, int(times[0])
    elif form == "versions":
        macs = [item[3:] for item in found.split(" ") if item.startswith("v1,")][:16]
    elif form == "bare":
        macs = [found]
    else:
        macs = [found[len(form):]] if found.startswith(form) else []
    if scheme["encoding"] == "hex":
        macs = [bytes.fromhex(mac) for mac in macs if re.fullmatch("[0-9a-fA-F]{64}", mac)]
    else:
        # Only the one text that encodes 32 bytes.
        macs = [mac for mac in macs if re.fullmatch("[A-Za-z0-9+/]{43}=", mac)]
        macs = [base64.b64decode(mac) for mac in macs if base64.b64encode(base64.b64decode(mac)).decode() == mac]
    if not macs:
        return "malformed-signature"
    for part, form in (("time", "0|[1-9][0-9]{0,11}"), ("id", "[^.]{1,256}")):
        if part in family:
            text, problem = one(vector, family[part])
            if problem == "repeated-header":
                return problem
            if problem or not re.fullmatch(form, text):
                return "malformed-signature"
            signed, time = text.encode() + b"." + signed, int(text) if part == "time" else time
    decoded = scheme["key"] == "base64"
    keys = [base64.b64decode(secret.removeprefix("whsec_")) if decoded else secret.encode() for secret in vector["secrets"]]
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    if not any(hmac.compare_digest(mac, right) for mac in macs for right in expected):
        return "signature-mismatch"
    if time is not None and abs(vector["now"] - time) > 300:
        return "stale" if time < vector["now"] else "future"

def fields(kind, body):
    if kind.startswith("multipart/form-data"):
        parts = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        plain = [part for part in parts.walk() if not part.is_multipart() and part.get_filename() is None]
        name = lambda part: part.get_param("name", header="content-disposition")
        return [(name(part), part.get_payload().rstrip("\r\n")) for part in plain]
    if kind.startswith("application/json"):
        return re.findall(r'"(\w+)"\s*:\s*"([^"]*)"', body.decode())
    return parse_qsl(body.decode(), keep_blank_values=True)[:1000]

def token(vector, body):
    kinds = [kind.lower() for kind in values(vector, "content-type")]
    if len(kinds) != 1 or not re.match("application/(x-www-form-urlencoded|json)|multipart/form-data", kinds[0]):
        return "unsupported-media-type"
    tokens = [value for name, value in fields(values(vector, "content-type")[0], body) if name == "secrettoken"]
    if len(tokens) != 1:
        return "repeated-field" if tokens else "missing-token"
    return None if tokens[0] in vector["secrets"] else "token-mismatch"

failed = checked = 0
for file in sorted(pathlib.Path(__file__).parent.glob("*.json")):
    content = json.loads(file.read_text())
    for vector in content["vectors"]:
        body = bytes.fromhex(vector["body_hex"]) if "body_hex" in vector else vector["body"].encode()
        if "scheme" in content:
            verdict = described(content["scheme"], vector, body)
        else:
            verdict = token(vector, body) if content["sender"] == "qrplanet" else signature(content["sender"], vector, body)
        # None means authentic; this program does not judge the content of an authentic body.
        wanted = vector["verdict"].get("rejected", "unusable-body").replace("unusable-body", "") or None
        checked, failed = checked + 1, failed + (verdict != wanted)
        if verdict != wanted: print(f"{file.name}: {vector['name']}: {verdict}, but the vector expects {wanted}")
print(f"{checked - failed} passed, {failed} failed")
sys.exit(failed > 0)
