/** `hearsay lab`: five hosts on this machine; an examination or another command among them, or a place to play. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { FORWARDER_VARIABLE, Lab } from "../workbench/lab/lab.ts";
import { labEnvironment } from "../workbench/lab/hosts.ts";
import { LabPrompt, PROMPT_COMMANDS } from "../workbench/lab/prompt.ts";
import { readLines } from "../workbench/lab/processes.ts";
import { forwardInside } from "../workbench/lab/forwarder.ts";
import { itself, type Program } from "../workbench/world/process.ts";
import { type LabConfig, parseLab } from "./config/lab.ts";
import { fail, FAILED, type Io, OK, printLines, refuse } from "./terminal/io.ts";
import { addressText } from "../../transports/address.ts";
import { endingSignals } from "../workbench/ending_signals.ts";

export async function lab(args: readonly string[], io: Io): Promise<number> {
  const directory = io.env[FORWARDER_VARIABLE] ?? "";
  if (directory !== "") return await runForwarder(directory, io);
  const parsed = parseLab(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    return await run(parsed.config, io);
  } catch (error) {
    return fail(io, error);
  }
}

async function run({ data, keep, firstPort, command }: LabConfig, io: Io): Promise<number> {
  const lab = await Lab.open({
    program: thisProgram(),
    ...data !== undefined && { data },
    ...keep && { firstPort },
    onLine: (id, line) => io.err(`${id}: ${line}\n`),
  });
  try {
    return keep ? await stay(lab, io) : await runAmong(lab, command);
  } finally {
    await lab.close();
  }
}

/** The exit status of what a signal ended is this and the number of the signal. */
const SIGNALLED = 128;

/** The process inside ends with the namespaces. */
async function runForwarder(directory: string, io: Io): Promise<number> {
  await forwardInside(directory);
  io.out("ready\n");
  return await new Promise(() => {});
}

/** This program, without the word that makes it a Maelstrom node. */
function thisProgram(): Program {
  const { bin, args } = itself();
  return { bin, args: args.slice(0, -1) };
}

/** Flags alone are the examination's, as nothing at all is. */
function runAmong(lab: Lab, command: readonly string[]): Promise<number> {
  const examines = command[0] === undefined || command[0].startsWith("-");
  const { bin, args } = thisProgram();
  const [enter = "", ...entering] = [...lab.enter, bin, ...args, ...examines ? ["test"] : [], ...command];
  const nemesis = examines ? { HEARSAY_NEMESIS: "partition" } : {};
  const env = { ...nemesis, ...process.env, ...labEnvironment(lab.secretFile) };
  // In a session of its own, so that Ctrl-C comes to it once: from us.
  const child = spawn(enter, entering, { stdio: "inherit", detached: true, env });
  for (const name of endingSignals) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // As a shell has it, where a signal was what ended the command.
    child.once(
      "exit",
      (status, name) => resolve(name === null ? status ?? FAILED : SIGNALLED + constants.signals[name]),
    );
  });
}

/** Until it is told to stop, or its input ends. */
function stay(lab: Lab, io: Io): Promise<number> {
  printLines(io, greeting(lab));
  // Each is copied as one line.
  io.out(exports(lab).map((line) => `  export ${line}\n`).join(""));
  printLines(io, [`To run something among the hosts: ${lab.enter.join(" ")} COMMAND`]);
  const prompt = new LabPrompt(lab, Date.now());
  return new Promise<number>((resolve) => {
    for (const name of endingSignals) process.on(name, () => resolve(OK));
    const input = io.input();
    let turn = Promise.resolve();
    const stop = () => turn = turn.then(() => resolve(OK));
    input.once("end", stop);
    readLines(input, (line) => {
      if (line.trim() === "stop") stop();
      else turn = turn.then(async () => printLines(io, [await prompt.obey(line)]));
    });
  }).finally(() => prompt.close());
}

function greeting(lab: Lab): string[] {
  return [
    `ready: ${[...lab.at].map(([id, address]) => `${id} at ${addressText(address)}`).join(", ")}`,
    ...[...lab.pages].map(([id, address]) => `  http://${addressText(address)}  the page of ${id}`),
    `Commands here: ${PROMPT_COMMANDS}. In another terminal, for hearsay status, watch and broadcast:`,
  ];
}

function exports(lab: Lab): string[] {
  const list = (places: Iterable<readonly [string, string]>) =>
    [...places].map(([id, place]) => `${id}=${place}`).join(",");
  return [
    `HEARSAY_AT=${[...lab.at.values()].map(addressText).join(",")}`,
    `HEARSAY_CLUSTER=${list([...lab.addresses].map(([id, address]) => [id, `${address}:7000`]))}`,
    `HEARSAY_SIDECARS=${list([...lab.sidecars].map(([id, address]) => [id, addressText(address)]))}`,
    `HEARSAY_SECRET_FILE=${lab.secretFile}`,
  ];
}
