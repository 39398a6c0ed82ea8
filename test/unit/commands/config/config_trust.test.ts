/** Tokens and rights on the command line, and the tokens file: what is read, and what is said of what is no good. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { parseRead } from "../../../../lib/commands/config/client.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { BYTES_MIN as CLIENT_BYTES_MIN } from "../../../../lib/commands/config/trust/clients.ts";
import { parseToken } from "../../../../lib/commands/config/trust/rights.ts";
import {
  readTokens,
  TOKENS_FILE_BYTES_MAX,
  tokensIn,
} from "../../../../lib/commands/config/trust/tokens_file.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { RIGHTS_MAX } from "../../../../lib/service/access/rights.ts";
import { hashOf, TOKENS_MAX } from "../../../../lib/service/access/tokens.ts";
import { issueFor, issueForClient, tlsFlagsOf } from "../../../shared/certificates.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const entry = { name: "shop", sha256: hashOf("x"), rights: ["publish:orders*", "watch:", "admin"] };

test("[A1] the tokens file is an array of names, hashes and rights", () => {
  const second = { ...entry, sha256: hashOf("y") };
  deepEqual(tokensIn(JSON.stringify([entry, second])), [entry, second], "one name may have two tokens");
  deepEqual(tokensIn("[]"), []);
  const said = (json: unknown) => tokensIn(typeof json === "string" ? json : JSON.stringify(json));
  ok(String(said("[{")).startsWith("it is no JSON: "));
  ok(String(said({})).includes("expected array"));
  equal(
    said([entry, { ...second, name: "a b" }]),
    "entry 2, name: must be 1 to 64 letters, digits, '.', '_' or '-'",
  );
  equal(
    said([{ ...entry, sha256: hashOf("x").toUpperCase() }]),
    "entry 1, sha256: must be 64 hexadecimal digits in lower case",
  );
  equal(
    said([{ ...entry, rights: ["admin", "publish:a*b"] }]),
    'entry 1, rights, entry 2: "publish:a*b" holds *',
  );
  ok(String(said([{ ...entry, right: [] }])).startsWith("entry 1: "), "a misspelt field is not passed over");
  equal(said([entry, { ...entry, name: "bank" }]), "bank has the token of another entry");
});

test("[A1] [A2] the file may hold TOKENS_MAX tokens of RIGHTS_MAX rights, and TOKENS_FILE_BYTES_MAX bytes, and no more", () =>
  inFolder((folder) => {
    const tokens = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...entry, sha256: hashOf(`${i}`) }));
    equal(tokensIn(JSON.stringify(tokens(TOKENS_MAX))).length, TOKENS_MAX);
    ok(String(tokensIn(JSON.stringify(tokens(TOKENS_MAX + 1)))).includes(`${TOKENS_MAX}`));
    const rights = (
      count: number,
    ) => [{ ...entry, rights: Array.from({ length: count }, (_, i) => `watch:${i}`) }];
    equal(tokensIn(JSON.stringify(rights(RIGHTS_MAX))).length, 1);
    ok(String(tokensIn(JSON.stringify(rights(RIGHTS_MAX + 1)))).startsWith("entry 1, rights: "));
    const path = `${folder}/tokens.json`;
    writeFileSync(path, JSON.stringify([entry]).padEnd(TOKENS_FILE_BYTES_MAX));
    deepEqual(readTokens(path), [entry]);
    truncateSync(path, TOKENS_FILE_BYTES_MAX + 1);
    equal(
      readTokens(path),
      `Cannot take tokens from "${path}": it is longer than ${TOKENS_FILE_BYTES_MAX} bytes`,
    );
    ok(String(readTokens(`${path}.none`)).startsWith(`Cannot take tokens from "${path}.none": `));
  }));

test("what is not TLS is for loopback, or --insecure", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"]) {
    equal(configOf(parseServe(["--id", "n1", "--listen", `${host}:7000`], {})).tls, undefined);
  }
  for (const host of ["0.0.0.0", "[::]", "10.0.0.1", "n1"]) {
    const far = ["--id", "n1", "--listen", `${host}:7000`];
    equal(configOf(parseServe([...far, "--tokens", "f", "--insecure"], {})).tokens, "f");
    deepEqual(mistakesOf(parseServe(far, { HEARSAY_TOKENS: "f" })), [
      "Cannot run 'serve' as '--listen' must be an address of this machine alone, as 127.0.0.1, where there is no " +
      "--tls-cert: whoever reaches the port would be trusted (--insecure allows it): " +
      `current value is "${host}:7000"`,
    ]);
  }
});

test("clients may have an address and limits of their own", () => {
  const serve = (...args: string[]) => configOf(parseServe(["--id", "n1", ...args], {}));
  deepEqual([serve().clientListen, serve().limits], [undefined, {}]);
  deepEqual(serve("--client-listen", "127.0.0.1:7001").clientListen, {
    host: "127.0.0.1",
    port: 7001,
  });
  deepEqual(serve("--client-connections", "5", "--client-requests", "100", "--client-bytes", "4096").limits, {
    ...{ sharedConnectionsMax: 5, requestsPerSecondMax: 100, bytesPerSecondMax: 4096 },
  });
  deepEqual(serve("--client-bytes", String(CLIENT_BYTES_MIN)).limits, {
    bytesPerSecondMax: CLIENT_BYTES_MIN,
  });
  const mistaken = (...args: string[]) => mistakesOf(parseServe(["--id", "n1", ...args], {}));
  equal(mistaken("--client-listen", "0.0.0.0:7001").length, 1);
  deepEqual(mistaken("--client-connections", "0", "--client-bytes", String(CLIENT_BYTES_MIN - 1)), [
    `Cannot run 'serve' as '--client-connections' must be a whole number from 1 to 4096: current value is "0"`,
    `Cannot run 'serve' as '--client-bytes' must be a whole number from 1024 to 1000000000000: current value is "1023"`,
  ]);
});

test("a node has all files of TLS or none, and they are of use, and its own", () =>
  inFolder((dir) => {
    const flags = tlsFlagsOf(issueFor(dir, "n1"));
    const far = ["--id", "n1", "--listen", "0.0.0.0:7000"];
    deepEqual(configOf(parseServe([...far, ...flags], {})).tls?.identity?.names, ["n1"]);
    const env = { HEARSAY_TLS_CA: flags[1], HEARSAY_TLS_CERT: flags[3], HEARSAY_TLS_KEY: flags[5] };
    deepEqual(configOf(parseServe(far, env)).tls?.identity?.names, ["n1"]);
    const near = ["--id", "n1"];
    const [, ca = "", , cert = "", , key = ""] = flags;
    const cannot = (flag: string, rule: string, value: string) =>
      `Cannot run 'serve' as '--${flag}' must be ${rule}: current value is "${value}"`;
    const given = (...words: string[]) => mistakesOf(parseServe([...near, ...words], {}));
    deepEqual(given("--tls-ca", ca), [cannot("tls-ca", "given together with --tls-cert and --tls-key", ca)]);
    deepEqual(given("--tls-ca", ca, "--tls-key", key), [
      cannot("tls-key", "given together with --tls-cert", key),
    ]);
    deepEqual(given("--tls-key", key, "--tls-cert", cert), [
      cannot("tls-cert", "given together with --tls-ca", cert),
    ]);
    deepEqual(mistakesOf(parseServe(["--id", "n2", ...flags], {})), [
      cannot("tls-cert", "a file with a certificate (the certificate in it is for n1, not for n2)", cert),
    ]);
    deepEqual(given("--tls-ca", ca, "--tls-cert", cert, "--tls-key", ca), [
      cannot(
        "tls-key",
        "a file with a private key (it holds no private key in PEM form without a passphrase)",
        ca,
      ),
    ]);
    deepEqual(given("--tls-ca", key, "--tls-cert", cert, "--tls-key", key), [
      cannot("tls-ca", "a file with certificates of authorities (it holds no certificate in PEM form)", key),
    ]);
  }));

test("a client may have authorities alone, and then its token may cross the network", () =>
  inFolder((dir) => {
    const [ca, path, cert, ...more] = tlsFlagsOf(issueForClient(dir, "c"));
    const far = ["--at", "n1:7000"];
    const config = configOf(parseRead([...far, ca ?? "", path ?? ""], { HEARSAY_TOKEN: "t" }));
    deepEqual([config.tls?.identity, config.token?.()], [undefined, { token: "t" }]);
    const all = configOf(parseRead([...far, ca ?? "", path ?? "", cert ?? "", ...more], {}));
    deepEqual(all.tls?.identity?.names, ["c"]);
    deepEqual(mistakesOf(parseRead([...far, cert ?? "", ...more], {})), [
      `Cannot run 'read' as '--tls-cert' must be given together with --tls-ca: current value is "${more[0]}"`,
    ]);
  }));

test("a client's token comes from a file, or from a variable, and stays on this machine unless --insecure", () =>
  inFolder((folder) => {
    const path = `${folder}/token`;
    writeFileSync(path, " t1\n");
    const env = { HEARSAY_TOKEN: "t2" };
    const token = (args: string[], env = {}) => configOf(parseRead(args, env)).token?.();
    deepEqual(token([]), undefined);
    deepEqual(token([], env), { token: "t2" });
    deepEqual(token(["--token-file", path], env), { token: "t1" });
    const later = configOf(parseRead(["--token-file", path], env)).token;
    writeFileSync(path, "t3");
    deepEqual(later?.(), { token: "t3" }, "it is read anew");
    deepEqual(mistakesOf(parseRead(["--token-file", `${path}.none`], {})), [
      "Cannot run 'read' as '--token-file' must be a file with a token (there is no such file): " +
      `current value is "${path}.none"`,
    ]);
    const rule =
      "left out for n1:7000 without TLS, as whoever listens there can take the token (--insecure allows it)";
    const far = ["--at", "127.0.0.1:7001,n1:7000"];
    deepEqual(mistakesOf(parseRead([...far, "--token-file", path], {})), [
      `Cannot run 'read' as '--token-file' must be ${rule}: current value is "${path}"`,
    ]);
    deepEqual(mistakesOf(parseRead(far, env)), [
      `Cannot run 'read' as 'HEARSAY_TOKEN' must be ${rule}: current value is "…"`,
    ]);
    deepEqual(token([...far, "--insecure"], env), { token: "t2" });
  }));

test("[A2] token takes a name, and rights as a list", () => {
  deepEqual(configOf(parseToken(["shop", "--rights", "publish:a*, watch:,admin,admin"], {})), {
    name: "shop",
    rights: ["publish:a*", "watch:", "admin"],
  });
  deepEqual(configOf(parseToken(["shop"], {})).rights, []);
  deepEqual(mistakesOf(parseToken(["--rights", "publish"], {})), [
    `Cannot run 'token' as '--rights' must be a comma list of publish:TOPICS, watch:TOPICS and admin, at most ${RIGHTS_MAX} ` +
    '("publish" is none of publish:TOPICS, watch:TOPICS and admin): current value is "publish"',
    "Cannot run 'token' as 'NAME' must be given, as 1 to 64 letters, digits, '.', '_' or '-': it is missing",
  ]);
  deepEqual(mistakesOf(parseToken(["a#b", "c"], {})), [
    "Cannot run 'token' as 'NAME' must be 1 to 64 letters, digits, '.', '_' or '-': current value is \"a#b\"",
    "Cannot run 'token' as it takes one name: more is \"c\"",
  ]);
  for (const line of flagsOf("token")) ok(line.about !== "" && line.rule !== "given", line.name);
});

test("the examiner takes the files of TLS with --cluster alone, and passes over variables without", () =>
  inFolder((dir) => {
    const flags = tlsFlagsOf(issueForClient(dir, "c"));
    const [, ca = "", , cert = "", , key = ""] = flags;
    const config = configOf(parseTest(["--cluster", "n1=a:1", ...flags], {}));
    deepEqual(config.running?.tls?.identity?.names, ["c"]);
    const env = { HEARSAY_TLS_CA: ca, HEARSAY_TLS_CERT: cert, HEARSAY_TLS_KEY: key };
    equal(configOf(parseTest([], env)).running, undefined);
    deepEqual(mistakesOf(parseTest(["--tls-ca", ca], {})), [
      `Cannot run 'test' as '--tls-ca' must be given together with --cluster: current value is "${ca}"`,
    ]);
  }));
