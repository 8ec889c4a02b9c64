#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets, from the samples of the project: `corpus.py FOLDER`.

Needs Python 3.11 and nothing else.
"""

import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

FIXTURES = Path(__file__).resolve().parent.parent / "crates/qrhook/tests/fixtures"
SECRET = "FUZZ-secret-of-the-fuzz-targets"
SAMPLE_TOKEN = "FAKE-secret-token-do-not-use"
HEADER_BODY = b'{"id":"evt_1","type":"t","event":"t"}'


def fixtures(sender):
    return [path for path in sorted((FIXTURES / sender).rglob("*")) if path.is_file()]


def write(folder, target, seeds):
    folder = folder / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number:03}").write_bytes(seed)
    print(f"{target}: {len(seeds)} seeds")


def mac(text):
    return hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()


def headers():
    timed, plain = mac(b"1778335283." + HEADER_BODY), mac(HEADER_BODY)
    good = f"t=1778335283,v1={timed}"
    studio = [
        "", good, good.upper().replace("T=", "t=").replace("V1=", "v1="), f" t = 1778335283 , v1 = {timed} ",
        f"v1={timed},t=1778335283", f"{good},v1={plain},v0=x,y", f"t=1778335283,t=1,v1={timed}", f"{good}\n{good}",
        f"t=999999999999,v1={timed}", f"t=-1,v1={timed}", f"t=1778335283,v1={timed[:-2]}", ",".join([good] + [f"v1={plain}"] * 20),
    ]
    code = ["", plain, plain.upper(), f"sha256={plain}", plain[:-1], f"{plain}\n{plain}"]
    prefixed = ["", f"sha256={plain}", f"SHA256={plain}", plain]
    lines = [("s", line) for line in studio] + [("c", line) for line in code] + [("p", line) for line in prefixed]
    return [(sender + line).encode() for sender, line in lines]


def schemes():
    key = b"FUZZ-secret-of-the-fuzz-targets"
    signed = base64.b64encode(hmac.new(key, b"msg_1.1778335283." + HEADER_BODY, hashlib.sha256).digest()).decode()
    timed = mac(b"1778335283." + HEADER_BODY)
    family = "{0}-id:msg_1\n{0}-timestamp: 1778335283\n{0}-signature: v1,{1}"
    own, svix = family.format("webhook", signed), family.format("svix", signed)
    basic = base64.b64encode(b"user:" + key).decode()
    seeds = [
        f"w/\n{own}", f"w/\n{svix}", f"w/\n{own}\n{svix}", f"w/\n{own.replace('v1,', 'v2,x v1,')}",
        f"w/\n{own.replace('webhook-id', 'svix-id')}", f"w/\n{own.replace('178', '0178')}", "w/\nwebhook-signature:v1,",
        f"t/\nx-at:1778335283\nx-mac:sha256={timed}", f"t/\nx-at:+1778335283\nx-mac:sha256={timed}", f"t/\nx-mac:{timed}",
        f"h/\nauthorization: Bearer {SECRET}", f"h/\nauthorization:bearer  {SECRET}", f"h/\nauthorization:{SECRET}",
        f"b/\nauthorization: Basic {basic}", f"b/\nauthorization: Basic {basic}=", "b/\nauthorization: Basic",
        f"p/hook/{SECRET}\n", f"p/hook/{SECRET.replace('F', '%46')}\n", f"p/hook/{SECRET}/\n", "p/%\n",
    ]
    return [seed.encode() for seed in seeds]


def neighbours():
    letters = {
        "dub": b"d", "qr3": b"3", "qrlumo": b"l", "linkshor": b"s", "scribeless": b"r", "codebox": b"b",
        "just-scan-it": b"j", "scancue": b"c", "standardwebhooks": b"t",
    }
    return [letter + body for sender, letter in letters.items() for body in bodies(sender)]


def bodies(sender):
    return [path.read_bytes() for path in [*fixtures(sender), FIXTURES / "nan.json"]]


def forms():
    return [path.read_bytes().strip() for path in fixtures("qrplanet") if path.suffix == ".form"]


def with_token(form, name="secrettoken"):
    fields = [(key, value) for key, value in parse_qsl(form.decode(), keep_blank_values=True) if key != "secrettoken"]
    return [*fields, (name, SECRET)]


def multipart(fields, boundary="x", newline="\r\n"):
    parts = [
        f'--{boundary}{newline}Content-Disposition: form-data; name="{name}"{newline}{newline}{value}{newline}'
        for name, value in fields
    ]
    return ("".join(parts) + f"--{boundary}--{newline}").encode()


def planet():
    fields = [with_token(form) for form in forms()]
    seeds = [b"\n" + form for form in forms()]
    seeds += [b"application/x-www-form-urlencoded\n" + urlencode(form).encode() for form in fields]
    seeds += [b"multipart/form-data; boundary=x\n" + multipart(form) for form in fields]
    seeds += [b"application/json\n" + json.dumps(dict(form)).encode() for form in fields]
    return seeds


def form():
    fields = [with_token(form, "token") for form in forms()]
    return [b"u" + urlencode(form).encode() for form in fields] + [b"j" + json.dumps(dict(form)).encode() for form in fields]


def multiparts():
    fields = [with_token(form, "token") for form in forms()]
    file = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: text/plain\r\n\r\nz\r\n'
    seeds = [b"x\n" + multipart(form) for form in fields] + [b"x\n" + multipart(form, newline="\n") for form in fields]
    return [*seeds, b'"a b"\n' + multipart(fields[0], "a b"), b"x\n" + file + multipart(fields[0])]


folder = Path(sys.argv[1])
write(folder, "headers", headers())
write(folder, "schemes", schemes())
write(folder, "qrstudio", bodies("qrstudio"))
write(folder, "codeqr", bodies("codeqr"))
write(folder, "qrplanet", planet())
write(folder, "neighbours", neighbours())
write(folder, "form", form())
write(folder, "multipart", multiparts())
write(folder, "json", bodies("qrstudio") + bodies("codeqr"))
