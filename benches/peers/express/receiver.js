// The same as the Flask receiver: checks the signature and parses the event, but does not check the age of the signed
// time and remembers no ids.
"use strict";

const { createHmac, timingSafeEqual } = require("node:crypto");
const express = require("express");

const secret = process.env.WEBHOOK_SECRET;
const app = express();

app.post("/hook", express.raw({ type: "application/json" }), (request, response) => {
  const header = request.get("X-QRStudio-Signature") ?? "";
  const fields = Object.fromEntries(header.split(",").map((part) => part.split(/=(.*)/s, 2)));
  const expected = createHmac("sha256", secret).update(`${fields.t}.`).update(request.body).digest();
  const found = Buffer.from(fields.v1 ?? "", "hex");
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
    return response.status(401).end();
  }
  JSON.parse(request.body);
  response.status(200).end();
});

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
