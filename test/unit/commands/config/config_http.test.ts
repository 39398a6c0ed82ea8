/** --http and --http-origin: what is read, and what is said of what is no good. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const serve = (...flags: string[]) => parseServe(["--id", "n1", ...flags], {});

test("HTTP is spoken nowhere unless --http says where, by flag or variable", () => {
  assert.equal(configOf(serve()).http, undefined);
  const http = { listen: { host: "127.0.0.1", port: 8001 }, origins: [] };
  assert.deepEqual(configOf(serve("--http", "127.0.0.1:8001")).http, http);
  assert.deepEqual(configOf(parseServe(["--id", "n1"], { HEARSAY_HTTP: "127.0.0.1:8001" })).http, http);
  const origins = ["--http-origin", "https://a.example,http://b:8080", "--http-origin", "*"];
  assert.deepEqual(configOf(serve("--http", "localhost:1", ...origins)).http?.origins, [
    ...["https://a.example", "http://b:8080", "*"],
  ]);
});

test("beyond loopback HTTP needs TLS, or --insecure", () => {
  assert.deepEqual(mistakesOf(serve("--http", "0.0.0.0:8001")), [
    "Cannot run 'serve' as '--http' must be an address of this machine alone, as 127.0.0.1, where there is no " +
    "--tls-cert: whoever reaches the port would be trusted (--insecure allows it): " +
    'current value is "0.0.0.0:8001"',
  ]);
  assert.equal(configOf(serve("--http", "0.0.0.0:8001", "--insecure")).http?.listen.host, "0.0.0.0");
});

test("an origin is what browsers call one, and nothing without --http", () => {
  for (const origin of ["example.org", "https://a.example/", "https://a.example/x", "ftp://a", "null", ""]) {
    const [mistake = ""] = mistakesOf(serve("--http", "localhost:1", "--http-origin", origin));
    assert.match(mistake, /'--http-origin' must be a comma list of origins, as https:\/\/example.org, or \*/);
  }
  assert.match(mistakesOf(serve("--http-origin", "*")).join(), /must be given together with --http/);
});
