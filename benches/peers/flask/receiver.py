"""The receiver from QR Studio's guide, under waitress with its defaults.

It checks the signature and parses the event. It does not check the age of the signed time, and remembers no ids.
"""

import hashlib
import hmac
import json
import logging
import os

import waitress
from flask import Flask, request

SECRET = os.environ["WEBHOOK_SECRET"].encode()
app = Flask(__name__)


@app.post("/hook")
def hook():
    body = request.get_data()
    header = request.headers.get("X-QRStudio-Signature", "")
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    signed = fields.get("t", "").encode() + b"." + body
    expected = hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), fields.get("v1", "").encode()):
        return "", 401
    json.loads(body)
    return "", 200


# It would log a warning for every request that waits for one of its four threads.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
server = waitress.create_server(app, host="127.0.0.1", port=0)
print(server.effective_port, flush=True)
server.run()
