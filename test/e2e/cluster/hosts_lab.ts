/** The hosts of the lab: network namespaces, in which the executable runs, built once for all tests of a process. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Lab } from "../../../lib/workbench/lab/lab.ts";
import { labEnvironment } from "../../../lib/workbench/lab/hosts.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { buildExecutable, plainEnvironment } from "../fixtures/hearsay.ts";
import type { Hosts, Place } from "./hosts.ts";

let built: Promise<Program> | undefined;

export const onLab: Place = {
  name: "lab",
  async open(): Promise<Hosts> {
    const { bin } = await (built ??= build());
    const lab = await Lab.open({ program: { bin, args: [] } });
    const [enter = "", ...entering] = lab.enter;
    const env = { ...plainEnvironment(), ...labEnvironment(lab.secretFile) };
    return {
      at: lab.at,
      spawn: (args) => spawn(enter, [...entering, bin, ...args], { env }),
      kill: async (ids) => void await Promise.all(ids.map((id) => lab.kill(id))),
      start: async (ids) => void await Promise.all(ids.map((id) => lab.start(id))),
      close: () => lab.close(),
    };
  },
};

function build(): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return buildExecutable(folder);
}
