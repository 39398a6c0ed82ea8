/** From an argument list to a command, of which the code is only loaded when it runs. */
import { type CommandName, commands, hasVariables, refuseUnknown, VERSION } from "./flags/command_names.ts";
import { type Io, OK, refuse } from "./terminal/io.ts";
import { takeRuntimeSettings } from "./terminal/runtime_settings.ts";

type CommandFunction = (args: readonly string[], io: Io) => Promise<number>;

/** Loads no more than a command needs: a node under Maelstrom must start fast. */
const load: Readonly<Record<CommandName, () => Promise<CommandFunction>>> = {
  maelstrom: async () => (await import("./maelstrom.ts")).maelstrom,
  serve: async () => {
    // Before anything else is loaded, as that would be in vain.
    takeRuntimeSettings();
    return (await import("./serve.ts")).serve;
  },
  broadcast: async () => (await import("./client/broadcast.ts")).broadcast,
  read: async () => (await import("./client/read.ts")).read,
  watch: async () => (await import("./client/watch.ts")).watch,
  put: async () => (await import("./client/put.ts")).put,
  get: async () => (await import("./client/get.ts")).get,
  delete: async () => (await import("./client/delete.ts")).deleteKey,
  status: async () => (await import("./client/status.ts")).status,
  token: async () => (await import("./trust/token.ts")).token,
  members: async () => (await import("./members/members.ts")).members,
  leave: async () => (await import("./members/leave.ts")).leave,
  remove: async () => (await import("./members/remove.ts")).remove,
  sim: async () => (await import("./sim.ts")).sim,
  test: async () => (await import("./test.ts")).test,
  hunt: async () => (await import("./hunt/hunt.ts")).hunt,
  compare: async () => (await import("./compare.ts")).compare,
  challenges: async () => (await import("./challenges.ts")).challenges,
  why: async () => (await import("./why/why.ts")).why,
  play: async () => (await import("./play.ts")).play,
  report: async () => (await import("./report.ts")).report,
  partition: async () => (await import("./cuts/partition.ts")).partition,
  heal: async () => (await import("./cuts/heal.ts")).heal,
  sidecar: async () => (await import("./cuts/sidecar.ts")).sidecar,
  lab: async () => (await import("./lab.ts")).lab,
  ca: async () => (await import("./ca/ca.ts")).ca,
  manifest: async () => (await import("./manifest/manifest.ts")).manifest,
  completion: async () => (await import("./completion/completion.ts")).completion,
  help: async () => (await import("./help.ts")).help,
  version: () => Promise.resolve(version),
};

/** Resolves to the exit status. Flags alone are for the node: `maelstrom test … -- --delivery-budget 2000`. */
export async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) return await run(io.inputIsTerminal ? "help" : "maelstrom", [], io);
  if (first === "--help" || first === "-h") return await run("help", rest, io);
  if (first === "--version" || first === "-V" || first === "-v") return await run("version", rest, io);
  if (first.startsWith("-")) return await run("maelstrom", args, io);
  return await run(first, rest, io);
}

async function run(name: string, args: readonly string[], io: Io): Promise<number> {
  const command = commands.find((each) => each.name === name)?.name;
  if (command === undefined) return refuseUnknown(name, io);
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const asksHelp = own.includes("--help") || own.includes("-h");
  if (asksHelp) return await run("help", name === "help" ? [] : [name], io);
  // The code for that is only loaded where there are variables to look at.
  if (hasVariables(io.env)) (await import("./config/variables.ts")).warnOfUnknown(io);
  return await (await load[command]())(args, io);
}

function version(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) return Promise.resolve(refuse(io, [`Cannot run 'version' as it takes no arguments`]));
  io.out(`hearsay ${VERSION}\n`);
  return Promise.resolve(OK);
}
