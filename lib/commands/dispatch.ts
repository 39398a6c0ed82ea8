/** From an argument list to a command: its name, its help, its code, which is only loaded when it runs. */
import { BAD_USAGE, type Io, OK, refuse } from "./io.ts";
import { nearest } from "./suggest.ts";

type Run = (args: readonly string[], io: Io) => Promise<number>;

interface Command {
  readonly name: string;
  readonly about: string;
  /** Loads no more than this command needs: a node under Maelstrom must start fast. */
  readonly load: () => Promise<Run>;
}

export const VERSION = "0.1.0";

export const commands: readonly Command[] = [
  {
    name: "maelstrom",
    about: "a node on standard input and output, as Maelstrom starts it",
    load: async () => (await import("./maelstrom.ts")).maelstrom,
  },
  {
    name: "serve",
    about: "a node on TCP, for its peers and for clients, with a log that survives crashes",
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "broadcast",
    about: "tell values to a running cluster",
    load: async () => (await import("./broadcast.ts")).broadcast,
  },
  {
    name: "read",
    about: "print every value that a running node holds, once",
    load: async () => (await import("./read.ts")).read,
  },
  {
    name: "watch",
    about: "print every value of a running cluster once, as it arrives",
    load: async () => (await import("./watch.ts")).watch,
  },
  {
    name: "status",
    about: "say how every node of a running cluster is, and what it knows of its peers",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "sim",
    about: "examine nodes in a simulated network: virtual time, one seed, one result",
    load: async () => (await import("./sim.ts")).sim,
  },
  {
    name: "test",
    about: "examine real processes of any Maelstrom broadcast node, or a running cluster, in real time",
    load: async () => (await import("./test.ts")).test,
  },
  {
    name: "challenges",
    about: "print the table of figures of this program beside its targets",
    load: async () => (await import("./challenges.ts")).challenges,
  },
  {
    name: "partition",
    about: "cut the network of a running cluster apart, by iptables rules that its sidecars make",
    load: async () => (await import("./partition.ts")).partition,
  },
  {
    name: "heal",
    about: "end every cut of a running cluster",
    load: async () => (await import("./heal.ts")).heal,
  },
  {
    name: "sidecar",
    about: "make and remove the iptables rules of one node, on request",
    load: async () => (await import("./sidecar.ts")).sidecar,
  },
  {
    name: "lab",
    about: "five hosts in network namespaces on this machine: examine them, or run a command among them",
    load: async () => (await import("./lab.ts")).lab,
  },
  {
    name: "help",
    about: "say what a command does and which flags it takes",
    load: async () => (await import("./help.ts")).help,
  },
  { name: "version", about: "print the version", load: () => Promise.resolve(version) },
];

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
  const command = commands.find((command) => command.name === name);
  if (command === undefined) return refuseUnknown(name, io);
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const asksHelp = own.includes("--help") || own.includes("-h");
  if (asksHelp) return await run("help", name === "help" ? [] : [name], io);
  // What is needed for that is only loaded where there is something to look at.
  if (hasVariables(io.env)) (await import("./variables.ts")).warnOfUnknown(io);
  return await (await command.load())(args, io);
}

/** Whether any variable may be a setting. */
export function hasVariables(env: Io["env"]): boolean {
  return Object.keys(env).some((name) => name.startsWith("HEARSAY_"));
}

function version(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) return Promise.resolve(refuse(io, [`Cannot run 'version' as it takes no arguments`]));
  io.out(`hearsay ${VERSION}\n`);
  return Promise.resolve(OK);
}

/** The exit status is that of bad usage; the text names what may have been meant. */
export function refuseUnknown(name: string, io: Io): number {
  const guess = nearest(name, commands.map((command) => command.name));
  const hint = guess === undefined ? "see 'hearsay help'" : `did you mean '${guess}'?`;
  io.err(`Cannot run '${name}' as it must be one of the commands: ${hint}\n`);
  return BAD_USAGE;
}
