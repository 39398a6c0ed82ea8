/** `hearsay help [COMMAND]`: the commands, each flag with its rule, and examples that work as they stand. */
import * as ca from "./ca/help.ts";
import * as client from "./client/help.ts";
import * as cuts from "./cuts/help.ts";
import * as manifest from "./manifest/help.ts";
import { commands, refuseUnknown } from "./flags/command_names.ts";
import { flagsOf } from "./flags/every_flag.ts";
import { environmentName } from "./flags/flags.ts";
import { columnsOf, type Io, OK, type Paint, paintFor, printLines, refuse } from "./terminal/io.ts";
import { definitions, flowed, wrapped } from "./terminal/wrap.ts";
import { protocols } from "../workbench/reference/protocols.ts";
import { protocolNames } from "../workbench/settings.ts";
import type { FlagLine } from "./flags/read_flags.ts";
import { tieText } from "./flags/ties.ts";
import * as members from "./members/help.ts";

/** Where no terminal says how wide it is, and at most: longer lines are hard to read. */
const HELP_COLUMNS = 80;
const HELP_COLUMNS_MAX = 120;

const examples: Readonly<Record<string, readonly string[]>> = {
  maelstrom: [
    "maelstrom test -w broadcast --bin hearsay --node-count 5 --time-limit 20 --rate 10",
    "maelstrom test -w g-set --bin hearsay --node-count 5 --time-limit 20 --rate 10 -- --workload g-set",
  ],
  serve: [
    "hearsay serve --id n1 --listen 127.0.0.1:7001",
    "hearsay serve --id n1 --listen 0.0.0.0:7000 --bootstrap --join dns+hearsay.internal:7000 --data /var/lib/hearsay \\",
    "    --insecure",
    "hearsay serve --id n1 --listen 0.0.0.0:7000 --peer n2=host2:7000 --peer n3=host3:7000 --data /var/lib/hearsay \\",
    "    --tls-cert n1.pem --tls-key n1-key.pem --tls-ca ca.pem",
    "hearsay serve --id n1 --data /var/lib/hearsay --retain 'sensor*=1h' --retain 'log=7d,1GB'",
  ],
  token: [
    "hearsay token shop --rights 'publish:orders*,watch:orders*'",
    "hearsay token ops --rights 'publish:*,watch:*,admin'",
  ],
  sim: [
    "hearsay sim --challenge 3d",
    "hearsay sim --nemesis partition,kill --seeds 20",
    "hearsay sim --challenge 3c --report report.html",
    "hearsay sim --data --nemesis kill,disk,stall --seeds 20",
    "hearsay sim --challenge 3c --grudge 'n0|rest' --json",
    "hearsay sim -w g-counter --nemesis partition,duplicate --seeds 20",
    "hearsay sim --script '500 broadcast n0 17; 1000 cut n0|rest; 1200 broadcast n1 18; 2000 heal'",
  ],
  test: [
    "hearsay test --challenge 3c",
    "hearsay test --bin ./my-node --node-count 5 --nemesis partition -- --my-flag",
    "hearsay test --challenge all",
    "hearsay test -w pn-counter --bin ./my-node --nemesis partition",
    "hearsay test --cluster n1=10.0.0.1:7000,n2=10.0.0.2:7000,n3=10.0.0.3:7000 --nemesis partition",
    "hearsay test --rate 200 --time-limit 60 --nemesis partition --cuts 5,15 --grudge 'n0,n1|rest'",
  ],
  hunt: [
    "hearsay hunt --bin ./my-node",
    "hearsay hunt --bin ./my-node --nemesis partition,kill --budget 120 -- --my-flag",
    "hearsay hunt --protocol flood --report found.html",
  ],
  compare: [
    "hearsay compare",
    "hearsay compare --challenge 3d --protocols flood,first-forwarder --seeds 3",
    "hearsay compare --protocols flood,flood-retry --grudge 'n0,n1|rest' --cuts 5",
    "hearsay compare --report compare.html",
  ],
  report: [
    "hearsay report events.ndjson",
    "hearsay report events.ndjson --format shiviz --out shiviz.log",
  ],
  completion: [
    "source <(hearsay completion bash)",
    "hearsay completion zsh > ~/.zfunc/_hearsay",
    "hearsay completion fish > ~/.config/fish/completions/hearsay.fish",
  ],
  challenges: ["hearsay challenges", "hearsay challenges --real"],
  why: [
    "hearsay why --slowest 3 --challenge 3d --nemesis partition --seed 4",
    "hearsay sim --challenge 3c --events run.ndjson && hearsay why --slowest 10 run.ndjson",
    "hearsay why 17 run.ndjson --json",
  ],
  play: ["hearsay play --out play.html", "hearsay play --out - > play.html"],
  ...cuts.examples,
  ...client.examples,
  ...ca.examples,
  ...manifest.examples,
  ...members.examples,
};

const scripts = [
  "The actions of a script stand apart by ';' or on lines of their own, each after its time in ms: broadcast NODE VALUE,",
  "read NODE, cut GRUDGE, heal, pause NODE, resume NODE, kill NODE, start NODE, slow NODE|LINK MS,",
  "loss SHARE, duplicate SHARE, rate HZ.",
  "'#' begins a comment. What a script leaves broken is mended when the load ends.",
];

const notes: Readonly<Record<string, readonly string[]>> = {
  maelstrom: [
    "Maelstrom gives the node its id and the list of nodes by itself. Standard output is for messages alone.",
  ],
  play: [
    "The page holds the simulator and needs no server: links are cut, nodes killed and values told by mouse, touch or keys.",
    "What is done becomes a script. The page's link holds it, and so does the 'hearsay sim' command that the page shows.",
  ],
  serve: [
    'Clients send lines of JSON, as {"src":"me","dest":"*","body":{"type":"read","msg_id":1}}. With --data, a value',
    "is on disk before it is acknowledged and before any peer hears of it. The node ends on SIGTERM, SIGINT, SIGQUIT",
    "and SIGHUP, except for a SIGHUP or SIGQUIT that is ignored from the start, as under nohup.",
    "",
    "--retain keeps the entries of a topic for an age (90s, 30m, 1h, 7d, 4w), keeps so many of its last bytes (500MB,",
    "2GiB) or entries (1000000), or drops what exceeds the first of several: 'log=7d,1GB'. TOPICS is a name, or how names",
    "begin and then *; left out, it is every topic. The rule that says most of a name holds. What goes is always the oldest,",
    "some seconds late, and a block of up to 1,024 entries at a time, and each node keeps what its own rules say.",
    "",
    "With --tokens, a client must say who it is, and does what its rights say; the file is read again when it changes, and",
    "on SIGHUP, which then does not end the node. So are the files of --tls-cert, --tls-key and --tls-ca: new connections use",
    "what is new, and those that are there stay. With them, members and clients are spoken to over TLS 1.3 alone; each needs a",
    "certificate (clients may have a token instead), and a member's must name its ID: see 'hearsay help ca'. A node that is",
    "to be reached from other machines needs them, unless --insecure says that the network itself keeps strangers away.",
    "",
    "Members are given by --peer, or found by --join: host:port is one seed, dns+NAME:PORT every address of a name, and",
    "dnssrv+_NAME._tcp.DOMAIN every address behind its SRV records. A node that no seed takes waits: it listens, takes no",
    "values, and says in its log and in status what it waits for. Only --bootstrap founds a cluster, and of several nodes",
    "that may do so and see each other, the first by name does. With --data a member comes back by itself, at another",
    "address, too; while a member is out of reach, the seeds are asked again.",
    "",
    "Exit status: 0; 1 where the node cannot listen or cannot use the directory, and says why; 3 where it is no member any",
    "longer, as it was removed or another node has its id, and to start it again is of no use.",
  ],
  token: [
    "NAME is who the client is in the log and in refusals. Standard output gets two lines: the token, and an element of the",
    "JSON array in the file that `hearsay serve --tokens FILE` names, which holds a hash and not the token. The nodes read the",
    "file again when it changes. One name may have several tokens: that is how a token is replaced without a pause.",
  ],
  sim: [
    "The nodes are hearsay's own, or those of --protocol. One seed always gives the same result; a run that fails prints",
    "the command that runs it again.",
    "",
    "Of the faults, kill loses what a node holds, unless --data keeps it; pause stops a node for a while; stall stops",
    "several at once for up to 150 ms, again and again, as on a busy machine; rollback puts an earlier state in the",
    "place of a node's log; disk lets its commits fail, as a full disk does: the node then refuses new values; and",
    "membership lets nodes join, leave, be removed, be replaced by empty ones, and move to other addresses.",
    "",
    ...scripts,
  ],
  test: [
    "A node is any program, in any language, that speaks Maelstrom's broadcast protocol on standard input and output, or",
    "with -w that of another workload: echo, unique-ids, g-set, g-counter or pn-counter, or hearsay's for events and keys.",
    "At the end everything is healed and each node is read. A run is valid if every acknowledged value is in every",
    "final read, once, and nothing else is; a killed node may take along values that no other node had.",
    "",
    ...scripts,
    "",
    "With --cluster, the nodes are those of `hearsay serve` that run at these addresses already, and they go on running.",
    "Values that they hold are left alone and passed over; the run adds whole numbers that no run used before. Nobody",
    "else may broadcast meanwhile: the examiner would count such values as phantoms. Sidecars make the cuts, and heal",
    "them at the end and on Ctrl-C. Where nodes know their clients, the examiner needs the rights publish:_exam.*,",
    "watch:_exam.* and admin. Kills and starts come from outside, and the report calls them outages. Messages and",
    "bytes are those that the nodes count themselves.",
  ],
  hunt: [
    "Each run is short: a script that aims faults where they may hurt, such as a cut while a value is on its way, a pause",
    "of the busiest node, or a kill right after an acknowledgement. Nodes have --recovery seconds to come to the same, and",
    "a run ends as soon as they have. What fails is run again, then made smaller for as long as it still fails: fewer nodes,",
    "operations and faults. Other nodes than hearsay's own are not killed unless that is asked for: a killed node has to",
    "get back what the others hold.",
    "",
    "Exit status: 1 when something is found, 0 when nothing is, 2 for bad usage.",
  ],
  compare: [
    "One seed gives every protocol the same operations and the same faults, as long as its nodes answer. The protocols are",
    "how others began to solve these challenges, with the mistakes that were made on the way. Any of them can be run alone,",
    "by `hearsay sim --protocol NAME`, and as a real node, by `hearsay maelstrom --protocol NAME`:",
    "",
    ...protocolNames.map((name) => `  ${name.padEnd(22)} ${protocols[name].about}`),
    "",
    "With 25 nodes, as in 3d, reforward-retry sends 24 million messages, which takes a minute or two for each seed; all",
    "others take seconds. --delivery-budget is for hearsay alone. Exit status: 0 when hearsay's own runs are valid and",
    "meet the challenge, else 1; the other rows decide nothing.",
  ],
  report: [
    "FILE is what `hearsay sim --events FILE` or `hearsay test --events FILE` wrote; the page is the same that --report writes.",
    "A file that breaks off is drawn as far as it goes, and it is said what is missing. With --format shiviz, the first line",
    "is the expression by which ShiViz (https://bestchai.bitbucket.io/shiviz/) reads the rest: an event, then a node and",
    "its vector clock. Exit status: 0 when it is written, whatever came of the run, else 1.",
  ],
  completion: [
    "SHELL is bash, zsh or fish. What is printed belongs into a file that the shell reads when it starts: ~/.bashrc for the line",
    "of bash below, a directory of $fpath for zsh, before compinit runs, or the completions of fish. It is made anew with",
    "each version. To complete a word starts no program.",
  ],
  why: [
    "A VALUE is JSON, or else a string as it stands; without one, the slowest value is explained. FILE is what --events",
    "of sim or test has written, and its name ends in .ndjson, or is - for standard input; without one, a run is",
    "simulated as by `hearsay sim` with the same flags. The way goes back from the last node by the messages that were",
    "the first to bring the value; what it waited for on each stretch is told by the nodes themselves, and the stretches",
    "add up to the time that it took. Nodes of other programs say nothing: of their time only the network and cuts have a",
    "name, and their way is inferred from messages that carry the value, or from reads. Exit status: 0, or 1 where a",
    "value or the file is not found.",
  ],
  challenges: [
    "Each row is the worst of its seeds. `during cuts` is median · maximum, in ms, until a value that is broadcast",
    "during a cut is at every node in reach. `first solutions` are protocols of `hearsay compare` under the same seeds, as",
    "messages an operation · median · maximum. Exit status: 0 when every row is valid and meets its target, else 1.",
  ],
  ...cuts.notes,
  ...client.notes,
  ...ca.notes,
  ...manifest.notes,
  ...members.notes,
};

const operands: Readonly<Record<string, string>> = {
  test: " [-- ARGS FOR THE NODE]",
  hunt: " [-- ARGS FOR THE NODE]",
  report: " FILE",
  why: " [VALUE…] [FILE.ndjson]",
  token: " NAME",
  completion: " SHELL",
  help: " [COMMAND]",
  ...cuts.operands,
  ...client.operands,
  ...ca.operands,
  ...manifest.operands,
  ...members.operands,
};

export function help(args: readonly string[], io: Io): Promise<number> {
  const [name, ...more] = args;
  if (more.length > 0) {
    return Promise.resolve(refuse(io, ["Cannot run 'help' as it takes one command at most"]));
  }
  const command = commands.find((command) => command.name === name);
  if (name !== undefined && command === undefined) return Promise.resolve(refuseUnknown(name, io));
  const columns = Math.min(HELP_COLUMNS_MAX, columnsOf(io, HELP_COLUMNS));
  const paint = paintFor(io);
  const text = command === undefined ? overview(columns, paint) : helpFor(command, columns, paint);
  // Examples stay whole, so that they can be copied.
  const lines = [...text.flatMap((line) => wrapped(line, columns)), ...exampleLines(command?.name)];
  printLines(io, lines, Infinity);
  return Promise.resolve(OK);
}

function overview(columns: number, { strong }: Paint): string[] {
  return [
    "hearsay: a fault-tolerant broadcast node, and an examiner for such nodes.",
    "",
    "  hearsay COMMAND [FLAGS]",
    "",
    ...definitions(commands.map(({ name, about }) => [strong(name), about]), columns),
    "",
    "Without a command, and with an input that is no terminal, hearsay is a node for Maelstrom. " +
    "`hearsay help COMMAND` says more. Exit status: 0 success, 1 failure or output lost, 2 bad usage, " +
    "3 a node that is no member any longer.",
  ];
}

function helpFor({ name, about }: typeof commands[number], columns: number, { strong }: Paint): string[] {
  const flags = flagsOf(name);
  const usage = `hearsay ${name}${flags.length > 0 ? " [FLAGS]" : ""}${operands[name] ?? ""}`;
  return [
    `hearsay ${name}: ${about}.`,
    "",
    `  ${usage}`,
    ...notes[name] === undefined ? [] : ["", ...flowed(notes[name])],
    ...flags.length > 0
      ? ["", ...definitions(flags.map((flag) => flagText(flag, strong)), columns), "", environmentLine(flags)]
      : [],
  ];
}

function exampleLines(name: string | undefined): string[] {
  const shown = examples[name ?? ""] ?? [];
  return shown.length === 0 ? [] : ["", "Examples:", ...shown.map((example) => `  ${example}`)];
}

function flagText(flag: FlagLine, strong: Paint["strong"]): [string, string] {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const head = `${strong(`${short}--${flag.name}`)}${flag.value === undefined ? "" : ` ${flag.value}`}`;
  const rule = flag.value === undefined ? undefined : flag.rule;
  return [head, [flag.about, rule, tieText(flag)].filter((part) => part !== undefined).join("; ")];
}

function environmentLine(flags: readonly FlagLine[]): string {
  const example = environmentName(flags.find((flag) => flag.value !== undefined)?.name ?? "");
  return "Defaults stand in parentheses. " +
    `Each flag can also be set by an environment variable, as ${example}; the flag wins.`;
}
