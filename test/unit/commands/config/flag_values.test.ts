/** Every flag of every command: given without a value, or more than once, it is complained about once. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { dispatch } from "../../../../lib/commands/dispatch.ts";
import { commands } from "../../../../lib/commands/flags/command_names.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { listen } from "../../../shared/io.ts";

/** The words that come before flags, where a command has several forms. */
const forms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ca: [["init"], ["issue", "n1"], ["client", "c"]],
  manifest: [["kubernetes"], ["swarm"], ["systemd"], ["prometheus"], ["alerts"], ["grafana"]],
};

/** What is said of one flag, as its own fault or as that of another. */
async function saidOf(flag: string, args: readonly string[]): Promise<string[]> {
  const { io, err } = listen();
  await dispatch(args, io);
  return err.join("").split("\n").filter((line) =>
    line.includes(`--${flag}'`) || line.includes(`--${flag} `)
  );
}

const cases = commands.flatMap(({ name }) =>
  flagsOf(name).flatMap((flag) => (forms[name] ?? [[]]).map((words) => ({ name, words, flag })))
);

test("a flag that takes a value, and is given without one, is complained about once", async () => {
  for (const { name, words, flag: { name: flag, value, rule } } of cases) {
    if (value === undefined) continue;
    deepEqual(await saidOf(flag, [name, ...words, `--${flag}`]), [
      `Cannot run '${name}' as '--${flag}' must be ${rule}: no value is given`,
    ]);
  }
});

test("where it belongs to others, they are not complained about either", async () => {
  deepEqual(await saidOf("tls-cert", "serve --id n1 --tls-cert --tls-key key --tls-ca ca".split(" ")), [
    "Cannot run 'serve' as '--tls-cert' must be a file with a certificate: no value is given",
  ]);
  deepEqual(await saidOf("http", "serve --id n1 --http-origin * --http".split(" ")), [
    "Cannot run 'serve' as '--http' must be host:port, or host for port 8000: no value is given",
  ]);
});

test("a flag that is given more often than once is complained about once, with all that it was given", async () => {
  for (const { name, words, flag: { name: flag, value, repeats } } of cases) {
    if (repeats !== undefined) continue;
    const values = value === undefined ? ["true", "false", "true"] : ["", "", ""];
    const said = await saidOf(flag, [name, ...words, ...values.map((each) => `--${flag}=${each}`)]);
    deepEqual(said.filter((line) => line.includes("must be given once")), [
      `Cannot run '${name}' as '--${flag}' must be given once: current values are ${
        values.map((each) => JSON.stringify(each)).join(" and ")
      }`,
    ]);
  }
});
