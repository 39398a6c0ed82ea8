/** `hearsay ca`: what it issues is taken by TLS on both ends, says who it is for, and is never lost by accident. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect, createServer } from "node:tls";
import { ca } from "../../../../lib/commands/ca/ca.ts";
import { listening } from "../../../shared/listening.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { listen } from "../../../shared/io.ts";

async function run(...args: string[]) {
  const { io, out, err } = listen();
  const exit = await ca(args, io);
  return { exit, out: out.join(""), err: err.join("") };
}

/** Each line a command; all must succeed. */
async function made(folder: string, ...commands: string[]): Promise<void> {
  for (const command of commands) {
    const { exit, err } = await run(...command.replaceAll("DIR", folder).split(" "));
    assert.equal(exit, 0, err);
  }
}

function certificate(folder: string, name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(folder, `${name}.pem`)));
}

/** Resolves to whether a server and a client with these files take each other for valid. */
async function areFriends(folder: string, server: string, client: string, trusted: readonly string[]) {
  const file = (name: string) => readFileSync(join(folder, name), "utf8");
  const options = (name: string) => ({
    cert: file(`${name}.pem`),
    key: file(`${name}-key.pem`),
    ca: trusted.map(file).join(""),
    minVersion: "TLSv1.3" as const,
  });
  const taken = Promise.withResolvers<boolean>();
  const listener = createServer(
    { ...options(server), requestCert: true, rejectUnauthorized: true },
    (socket) => {
      socket.on("error", () => {});
      socket.write("hello");
    },
  );
  listener.on("tlsClientError", () => taken.resolve(false));
  const at = await listening(listener);
  const socket = connect({ ...options(client), ...at, servername: "host1" });
  // Under TLS 1.3 a client hears only afterwards that it is refused.
  socket.on("data", () => taken.resolve(true));
  socket.on("error", () => taken.resolve(false));
  socket.on("close", () => taken.resolve(false));
  const isTaken = await taken.promise;
  socket.destroy();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  return isTaken;
}

test("certificates say who they are for, and no more", () =>
  inFolder(async (folder) => {
    await made(
      folder,
      "init DIR --name people",
      "issue n1 --dir DIR --host host1,10.0.0.1,fe80::1,n1",
      "issue 7 --dir DIR",
      "client c --dir DIR --rights publish:orders,watch:ordérs*,watch:,admin",
    );
    const authority = certificate(folder, "ca");
    assert.equal(authority.subject, "CN=people");
    assert.equal(authority.ca, true);
    const node = certificate(folder, "n1");
    assert.equal(
      // Runtimes write an address of IPv6 in more than one way.
      node.subjectAltName?.replace("FE80:0:0:0:0:0:0:1", "fe80::1"),
      "URI:hearsay:node:n1, DNS:n1, DNS:host1, IP Address:10.0.0.1, IP Address:fe80::1",
    );
    assert.equal(node.ca, false);
    assert.equal(certificate(folder, "7").subjectAltName, "URI:hearsay:node:7");
    assert.equal(
      certificate(folder, "c").subjectAltName,
      ["client:c", "right:publish:orders", "right:watch:ord%C3%A9rs*", "right:watch:", "right:admin"]
        .map((name) => `URI:hearsay:${name}`).join(", "),
    );
    for (const name of ["n1", "7", "c"]) {
      assert.ok(certificate(folder, name).verify(authority.publicKey), name);
    }
  }));

test("a certificate is valid for as long as it is told, and no longer than its authority", () =>
  inFolder(async (folder) => {
    await made(folder, "init DIR --days 10", "issue n1 --dir DIR --days 7", "issue n2 --dir DIR");
    const days = (name: string) =>
      Math.round((Date.parse(certificate(folder, name).validTo) - Date.now()) / 86_400_000);
    assert.deepEqual(["ca", "n1", "n2"].map(days), [10, 7, 10]);
  }));

test("nodes and clients of one authority take each other, those of two do not until both are trusted", () =>
  inFolder(async (folder) => {
    await made(
      folder,
      ...["init DIR --name same", "issue n1 --dir DIR --host host1", "client c --dir DIR --rights admin"],
      ...[
        "init DIR/2 --name same",
        "issue n2 --dir DIR/2 --host host1",
        "client d --dir DIR/2 --rights admin",
      ],
    );
    assert.equal(await areFriends(folder, "n1", "c", ["ca.pem"]), true);
    assert.equal(await areFriends(folder, "n1", "n1", ["ca.pem"]), true, "a node is a client, too");
    assert.equal(await areFriends(folder, "n1", "2/d", ["ca.pem"]), false);
    assert.equal(await areFriends(folder, "n1", "2/d", ["2/ca.pem"]), false);
    const both = ["ca.pem", "2/ca.pem"];
    for (const [server, client] of [["n1", "2/d"], ["2/n2", "c"], ["n1", "c"], ["2/n2", "2/d"]] as const) {
      assert.equal(await areFriends(folder, server, client, both), true, `${server} and ${client}`);
    }
    assert.equal(await areFriends(folder, "c", "n1", ["ca.pem"]), false, "a client is no server");
  }));

test("keys are for their owner alone, and nothing else is left behind", () =>
  inFolder(async (folder) => {
    await made(folder, "init DIR/new/ca", "issue n1 --dir DIR/new/ca");
    const dir = join(folder, "new/ca");
    const modes = readdirSync(dir).sort().map((name) => [name, statSync(join(dir, name)).mode & 0o777]);
    assert.deepEqual(modes, [["ca-key.pem", 0o600], ["ca.pem", 0o644], ["n1-key.pem", 0o600], [
      "n1.pem",
      0o644,
    ]]);
  }));

test("what is there is replaced by force alone", () =>
  inFolder(async (folder) => {
    await made(folder, "init DIR", "issue n1 --dir DIR");
    const before = readFileSync(join(folder, "n1.pem"), "utf8");
    for (const args of [["init", folder], ["issue", "n1", "--dir", folder]]) {
      const { exit, err } = await run(...args);
      assert.equal(exit, 1);
      assert.match(
        err,
        /^Nothing is written, as there is .*\.pem and .*-key.pem already: --force replaces it\n$/,
      );
    }
    assert.equal(readFileSync(join(folder, "n1.pem"), "utf8"), before);
    await made(folder, "issue n1 --dir DIR --host host1 --force");
    assert.notEqual(readFileSync(join(folder, "n1.pem"), "utf8"), before);
    assert.equal(statSync(join(folder, "n1-key.pem")).mode & 0o777, 0o600);
    assert.equal(await areFriends(folder, "n1", "n1", ["ca.pem"]), true);
  }));

test("an authority that is none is explained", () =>
  inFolder(async (folder) => {
    const told = async () => (await run("issue", "n9", "--dir", folder)).err;
    assert.match(
      await told(),
      /^Cannot read .*ca.pem: there is no such file; .*'hearsay ca init DIR' makes one\n$/,
    );
    await made(folder, "init DIR", "issue n1 --dir DIR", "init DIR/2");
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
    const take = (name: string) => readFileSync(join(folder, name), "utf8");
    const [own, key] = [take("ca.pem"), take("ca-key.pem")];
    put("ca.pem", take("2/ca.pem"));
    assert.match(await told(), /ca-key.pem is not the key of ca.pem/);
    put("ca.pem", take("n1.pem"));
    put("ca-key.pem", take("n1-key.pem"));
    assert.match(await told(), /ca.pem is the certificate of no authority/);
    put("ca.pem", "nonsense");
    assert.match(await told(), /ca.pem holds no certificate/);
    put("ca.pem", own);
    put("ca-key.pem", "nonsense");
    assert.match(await told(), /ca-key.pem holds no key that was made here/);
    put("ca-key.pem", key);
    assert.equal(await told().then((text) => text.startsWith("Wrote")), true);
  }));

test("where a file cannot be written, it is said why", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "file"), "");
    const { exit, err } = await run("init", join(folder, "file"));
    assert.equal(exit, 1);
    assert.match(err, /^Cannot write ".*file"/);
  }));

test("the library for certificates is loaded by this command alone, and only once it issues", () => {
  const root = new URL("../../../../", import.meta.url);
  const sources = ["lib", "transports"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts")).map((path) => `${folder}/${path}`)
  );
  const having = (pattern: RegExp) =>
    sources.filter((path) => pattern.test(readFileSync(new URL(path, root), "utf8")));
  assert.deepEqual(having(/"@peculiar|"reflect-metadata/), ["lib/commands/ca/authority.ts"]);
  assert.deepEqual(having(/authority\.ts"/), ["lib/commands/ca/ca.ts"]);
  assert.deepEqual(having(/^import (?!type).*authority\.ts"/m), []);
});
