#!/usr/bin/env node
// Checks the vectors with Node's own HMAC and form parser, as a witness independent of qrhook's signer.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";

const folder = new URL(".", import.meta.url);
const values = (vector, name) => vector.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);

function signature(sender, vector, body) {
  const found = values(vector, { qrstudio: "x-qrstudio-signature", codeqr: "codeqr-signature" }[sender]);
  if (found.length !== 1) return found.length ? "repeated-header" : "missing-signature";
  let [signed, time, macs] = [body, null, [found[0].trim()]];
  if (sender === "qrstudio") {
    const items = found[0].split(",").map((item) => item.trim()).filter((item) => item.includes("="));
    const named = (name) => items.filter((item) => item.startsWith(`${name}=`)).map((item) => item.slice(name.length + 1));
    const times = named("t");
    macs = named("v1").slice(0, 8);
    if (times.length !== 1 || !/^[0-9]{1,12}$/.test(times[0])) return "malformed-signature";
    [signed, time] = [Buffer.concat([Buffer.from(`${times[0]}.`), body]), Number(times[0])];
  }
  macs = macs.filter((mac) => /^[0-9a-fA-F]{64}$/.test(mac)).map((mac) => Buffer.from(mac, "hex"));
  if (!macs.length) return "malformed-signature";
  const expected = vector.secrets.map((secret) => createHmac("sha256", secret).update(signed).digest());
  if (!macs.some((mac) => expected.some((right) => timingSafeEqual(mac, right)))) return "signature-mismatch";
  if (time !== null && Math.abs(vector.now - time) > 300) return time < vector.now ? "stale" : "future";
  return null;
}

// For a sender whose file describes its scheme.
function described(scheme, vector, body) {
  const family = scheme.families.find(({ signature }) => values(vector, signature).length);
  if (!family) return "missing-signature";
  const [found, ...more] = values(vector, family.signature);
  if (more.length) return "repeated-header";
  let [signed, time, macs] = [body, null, []];
  const prepend = (text) => (signed = Buffer.concat([Buffer.from(`${text}.`), signed]));
  if (scheme.format === "items") {
    const items = found.split(",").map((item) => item.trim());
    const named = (name) => items.filter((item) => item.startsWith(`${name}=`)).map((item) => item.slice(name.length + 1));
    if (named("t").length !== 1 || !/^[0-9]{1,12}$/.test(named("t")[0])) return "malformed-signature";
    [macs, time] = [named("v1"), Number(named("t")[0])];
    prepend(named("t")[0]);
  } else if (scheme.format === "versions") {
    macs = found.trim().split(" ").filter((item) => item.startsWith("v1,")).slice(0, 16).map((item) => item.slice(3));
  } else {
    const prefix = scheme.format === "bare" ? "" : scheme.format;
    if (found.trim().startsWith(prefix)) macs = [found.trim().slice(prefix.length)];
  }
  const forms = { hex: /^[0-9a-fA-F]{64}$/, base64: /^[A-Za-z0-9+/]{43}=$/ };
  macs = macs.filter((mac) => forms[scheme.encoding].test(mac)).map((mac) => [mac, Buffer.from(mac, scheme.encoding)]);
  // Only the one text that encodes these bytes.
  macs = macs.filter(([mac, bytes]) => scheme.encoding === "hex" || bytes.toString("base64") === mac).map(([, bytes]) => bytes);
  if (!macs.length) return "malformed-signature";
  for (const [part, form] of [["time", /^(0|[1-9][0-9]{0,11})$/], ["id", /^[^.]{1,256}$/]]) {
    if (!(part in family)) continue;
    const [text, ...others] = values(vector, family[part]);
    if (others.length) return "repeated-header";
    if (text === undefined || !form.test(text.trim())) return "malformed-signature";
    prepend(text.trim());
    if (part === "time") time = Number(text);
  }
  const key = (secret) => (scheme.key === "base64" ? Buffer.from(secret.replace(/^whsec_/, ""), "base64") : secret);
  const expected = vector.secrets.map((secret) => createHmac("sha256", key(secret)).update(signed).digest());
  if (!macs.some((mac) => expected.some((right) => timingSafeEqual(mac, right)))) return "signature-mismatch";
  if (time !== null && Math.abs(vector.now - time) > 300) return time < vector.now ? "stale" : "future";
  return null;
}

function fields(kind, body) {
  const text = body.toString();
  const all = (pattern) => [...text.matchAll(pattern)].map(([, name, value]) => [name, value]);
  if (kind.startsWith("multipart/")) return all(/form-data; name="([^"]*)"\r\n\r\n([^]*?)(?=\r\n--B)/g);
  if (kind === "application/json") return all(/"(\w+)"\s*:\s*"([^"]*)"/g);
  return [...new URLSearchParams(text)].slice(0, 1000);
}

function token(vector, body) {
  const kinds = values(vector, "content-type").map((kind) => kind.toLowerCase().split(";")[0].trim());
  if (kinds.length !== 1 || !/^(application\/(x-www-form-urlencoded|json)|multipart\/form-data)$/.test(kinds[0])) return "unsupported-media-type";
  if (kinds[0].startsWith("multipart/") && !/boundary=/.test(values(vector, "content-type")[0])) return "missing-token";
  const tokens = fields(kinds[0], body).filter(([name]) => name === "secrettoken").map(([, value]) => value);
  if (tokens.length !== 1) return tokens.length ? "repeated-field" : "missing-token";
  return vector.secrets.includes(tokens[0]) ? null : "token-mismatch";
}

let [passed, failed] = [0, 0];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const { sender, scheme, vectors } = JSON.parse(readFileSync(new URL(file, folder)));
  for (const vector of vectors) {
    const body = "body_hex" in vector ? Buffer.from(vector.body_hex, "hex") : Buffer.from(vector.body);
    const signedAs = () => (scheme ? described(scheme, vector, body) : signature(sender, vector, body));
    const verdict = sender === "qrplanet" ? token(vector, body) : signedAs();
    // null means authentic; this program does not judge the content of an authentic body.
    const wanted = vector.verdict.rejected === "unusable-body" ? null : (vector.verdict.rejected ?? null);
    verdict === wanted ? passed++ : failed++;
    if (verdict !== wanted) console.log(`${file}: ${vector.name}: ${verdict}, but the vector expects ${wanted}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
