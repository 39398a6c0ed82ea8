/** The commands by name, for help and for guesses at misspelt ones: to know of them loads none. */
import { nearest } from "./suggest.ts";
import { BAD_USAGE, type Io } from "../terminal/io.ts";

export const VERSION = "0.1.0";

/** In the order of help: a name, and what the command does. */
export const commands = [
  { name: "maelstrom", about: "a node on standard input and output, as Maelstrom starts it" },
  { name: "serve", about: "a node on TCP, for its peers and for clients, with a log that survives crashes" },
  { name: "broadcast", about: "tell values to a running cluster" },
  { name: "read", about: "print every value that a running node holds, once" },
  { name: "watch", about: "print every value of a running cluster once, as it arrives" },
  { name: "put", about: "set the value of a key in a running cluster" },
  { name: "get", about: "print the value of a key" },
  { name: "delete", about: "delete a key" },
  { name: "status", about: "say how every node of a running cluster is, and what it knows of its peers" },
  { name: "token", about: "make a token by which the nodes know a client, with its rights" },
  { name: "members", about: "say who the members of a running cluster are, who left, and who was removed" },
  { name: "leave", about: "let one node leave its cluster, once others hold what it holds" },
  { name: "remove", about: "remove a member that is gone for good" },
  { name: "sim", about: "examine nodes in a simulated network: virtual time, one seed, one result" },
  {
    name: "test",
    about: "examine real processes of any Maelstrom broadcast node, or a running cluster, in real time",
  },
  { name: "hunt", about: "aim faults at nodes until a run fails, and make the failure small" },
  { name: "compare", about: "put hearsay beside first solutions of others, in the simulator, at equal work" },
  { name: "challenges", about: "print the table of figures of this program beside its targets" },
  { name: "why", about: "say where the time went that a value took to the last node" },
  { name: "play", about: "write a page in which the simulator runs, to play with in a browser" },
  { name: "report", about: "draw a run from the events that sim or test has written" },
  {
    name: "partition",
    about: "cut the network of a running cluster apart, by iptables rules that its sidecars make",
  },
  { name: "heal", about: "end every cut of a running cluster" },
  { name: "sidecar", about: "make and remove the iptables rules of one node, on request" },
  {
    name: "lab",
    about: "five hosts in network namespaces on this machine: examine them, or run a command among them",
  },
  { name: "ca", about: "make an authority and certificates, by which nodes and clients know each other" },
  {
    name: "manifest",
    about:
      "print what Kubernetes, Swarm or systemd is given to run a cluster, Prometheus and Grafana to watch it",
  },
  {
    name: "completion",
    about: "print what lets bash, zsh or fish complete commands, flags and their values",
  },
  { name: "help", about: "say what a command does and which flags it takes" },
  { name: "version", about: "print the version" },
] as const;

export type CommandName = (typeof commands)[number]["name"];

/** Whether any variable may be a setting. */
export function hasVariables(env: Io["env"]): boolean {
  return Object.keys(env).some((name) => name.startsWith("HEARSAY_"));
}

/** The exit status is that of bad usage; the text names what may have been meant. */
export function refuseUnknown(name: string, io: Io): number {
  const guess = nearest(name, commands.map((command) => command.name));
  const hint = guess === undefined ? "see 'hearsay help'" : `did you mean '${guess}'?`;
  io.err(`Cannot run '${name}' as it must be one of the commands: ${hint}\n`);
  return BAD_USAGE;
}
