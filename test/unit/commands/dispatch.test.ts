/** What every command has in common: bad usage and its guess, help, and the version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dispatch } from "../../../lib/commands/dispatch.ts";
import { commands } from "../../../lib/commands/flags/command_names.ts";
import { listen } from "../../shared/io.ts";

test("an unknown command is bad usage and gets a guess", async () => {
  const { io, err } = listen();
  assert.equal(await dispatch(["smi"], io), 2);
  assert.deepEqual(err, ["Cannot run 'smi' as it must be one of the commands: did you mean 'sim'?\n"]);
});

test("bad flags are bad usage: every mistake on standard error, nothing on standard output", async () => {
  const { io, out, err } = listen();
  assert.equal(await dispatch(["sim", "--rate", "x", "--sed", "1"], io), 2);
  assert.equal(await dispatch(["test", "--bin", "./no-such-program"], io), 2);
  assert.equal(await dispatch(["challenges", "--seeds", "0"], io), 2);
  assert.equal(await dispatch(["--delivery-budget", "0"], io), 2);
  assert.equal(err.join("").trim().split("\n").length, 5);
  assert.deepEqual(out, []);
});

test("help comes without arguments on a terminal, for each command, and by --help", async () => {
  const { io, out } = listen("", { inputIsTerminal: true });
  assert.equal(await dispatch([], io), 0);
  for (const { name } of commands) assert.equal(await dispatch(["help", name], io), 0);
  assert.equal(await dispatch(["sim", "--rate", "x", "--help"], io), 0);
  assert.equal(out.length, 2 + commands.length);
  assert.match(out.at(-1) ?? "", /^hearsay sim: .*--node-count N .*HEARSAY_/s);
});

test("a variable that no command knows is said, with what may have been meant, and harms nothing", async () => {
  const env = {
    HEARSAY_PEERS: "n2=host:7000",
    HEARSAY_RATE: "10",
    HEARSAY_SERVICE_HOST_X: "1",
    HEARSAY: "1",
  };
  const { io, out, err } = listen("", { env });
  assert.equal(await dispatch(["version"], io), 0);
  assert.equal(out.length, 1);
  assert.deepEqual(err, [
    "Passed over, as no command knows it: HEARSAY_PEERS (did you mean HEARSAY_PEER?), HEARSAY_SERVICE_HOST_X\n",
  ]);
  const known = listen("", { env: { HEARSAY_RATE: "10", HEARSAY_AT: "h:1" } });
  assert.equal(await dispatch(["version"], known.io), 0);
  assert.deepEqual(known.err, []);
});

test("the version is that of package.json", async () => {
  const { io, out } = listen();
  const flags = ["--version", "-V", "-v"];
  const { default: manifest } = await import("../../../package.json", { with: { type: "json" } });
  for (const flag of flags) assert.equal(await dispatch([flag], io), 0);
  assert.deepEqual(out, flags.map(() => `hearsay ${manifest.version}\n`));
});
