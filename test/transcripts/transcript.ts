/** A transcript: a text of commands and of what follows from each, in the manner of etcd's datadriven tests. */
import { CLIENT, Cluster, type Happening } from "./cluster.ts";
import { inColumns, type Line, statusLines, Wording } from "./wording.ts";

/** Some commands, with the comment above them; or a comment alone. */
interface Block {
  /** As it is written, comments and all. */
  readonly head: readonly string[];
  readonly commands: readonly string[];
}

const RULE = "----";

/** The same text with what really follows from its commands. Throws where a command is none. */
export function replayed(text: string): string {
  const play = new Play();
  const blocks = blocksOf(text).map(({ head, commands }) =>
    commands.length === 0 ? head : [...head, RULE, ...play.outputOf(commands)]
  );
  return blocks.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** The first line in which two texts differ, with its neighbours, for people; undefined where they are the same. */
export function difference(name: string, written: string, actual: string): string | undefined {
  if (written === actual) return undefined;
  const [was, is] = [written.split("\n"), actual.split("\n")];
  let at = 0;
  while (was[at] === is[at]) at++;
  const before = is.slice(Math.max(0, at - 5), at).map((line) => `  ${line}`);
  const gone = was.slice(at, at + 3).map((line) => `- ${line}`);
  const come = is.slice(at, at + 3).map((line) => `+ ${line}`);
  return [
    `${name}:${at + 1} is not what follows (npm run transcripts rewrites it):`,
    ...before,
    ...gone,
    ...come,
  ].join("\n");
}

/** Blocks are divided by empty lines. What is written below the rule of one counts for nothing here. */
function blocksOf(text: string): Block[] {
  return text.trim().split(/\n{2,}/).map((block) => {
    const lines = block.split("\n");
    const rule = lines.indexOf(RULE);
    const head = rule === -1 ? lines : lines.slice(0, rule);
    return { head, commands: head.filter((line) => !line.startsWith("#")) };
  });
}

/** One transcript while it is played. */
class Play {
  readonly #wording = new Wording();
  #cluster: Cluster | undefined;
  /** Messages between others are only counted, and of others nothing else is told. */
  #shown: ReadonlySet<string> = new Set();
  #isBrief = false;
  #lines: Line[] = [];
  #status: string[] = [];
  #counted = 0;

  outputOf(commands: readonly string[]): string[] {
    this.#lines = [];
    this.#status = [];
    this.#counted = 0;
    for (const command of commands) this.#do(command);
    this.#world.run(0);
    const counted = `(${this.#counted}${this.#lines.some(({ head }) => head !== undefined) ? " more" : ""} ${
      this.#counted === 1 ? "message" : "messages"
    })`;
    return [...inColumns(this.#lines), ...this.#counted > 0 ? [counted] : [], ...this.#status];
  }

  get #world(): Cluster {
    if (this.#cluster === undefined) throw new Error("a transcript begins with its cluster");
    return this.#cluster;
  }

  #do(command: string): void {
    const [first = "", second = "", ...rest] = command.split(" ");
    switch (first) {
      case "cluster":
        return this.#begin(second, rest);
      case "run":
        return this.#run(second, rest[0] === "brief");
      case "cut":
        return this.#cut([second, ...rest].join(" "));
      case "heal":
        return this.#world.heal();
      case "drop":
        return this.#world.drop(second, rest[1] ?? "");
      case "kill":
        return this.#world.kill(second);
      case "start":
        return this.#start(second, rest);
      case "status":
        return void this.#status.push(...statusLines(second, this.#world.status(second), this.#shown));
    }
    this.#ask(command, first, second, rest);
  }

  #ask(command: string, id: string, verb: string, rest: readonly string[]): void {
    if (verb === "broadcast") this.#world.ask(id, { type: "broadcast", message: valueOf(rest) });
    else if (verb === "read") this.#world.ask(id, { type: "read" });
    else if (verb === "linked") this.#world.linked(id, rest[0] ?? "");
    else throw new Error(`no such command: ${command}`);
  }

  /** `cluster n0..n4 latency=100` or `cluster 160 latency=100 show n000 n001`. */
  #begin(nodes: string, [latency = "", , ...shown]: readonly string[]): void {
    const count = Number(/^n0\.\.n(\d)$/.exec(nodes)?.[1] ?? Number(nodes) - 1) + 1;
    const latencyMs = Number(latency.replace("latency=", ""));
    if (!(count > 0 && latencyMs > 0)) throw new Error(`no such cluster: ${nodes} ${latency}`);
    const digits = `${count - 1}`.length;
    const ids = Array.from({ length: count }, (_, i) => `n${`${i}`.padStart(digits, "0")}`);
    this.#shown = new Set(shown.length > 0 ? shown : ids);
    this.#cluster = new Cluster(ids, latencyMs, this.#shown, (happening, at) => this.#note(happening, at));
  }

  /** `start n1`, `start n1 empty`, and `start n1 empty life=1`, where the clock went back. */
  #start(id: string, how: readonly string[]): void {
    const life = how.find((each) => each.startsWith("life="))?.slice("life=".length);
    this.#world.start(id, how.includes("empty"), life === undefined ? undefined : Number(life));
  }

  /** `run 2s`, or `run 2s brief`, which only counts the messages. */
  #run(time: string, isBrief: boolean): void {
    const [, count, unit] = /^(\d+)(ms|s)$/.exec(time) ?? [];
    if (count === undefined) throw new Error(`no such time: ${time}`);
    this.#isBrief = isBrief;
    this.#world.run(Number(count) * (unit === "s" ? 1_000 : 1));
    this.#isBrief = false;
  }

  /** `cut n0 n1 | n2` cuts all links between the groups, `cut n0 -> n1` the one way. */
  #cut(where: string): void {
    const [from, to] = where.split(" -> ");
    if (from !== undefined && to !== undefined) return this.#world.cut(from, to);
    const groups = where.split(" | ").map((group) => group.split(" "));
    for (const [i, group] of groups.entries()) {
      const others = groups.filter((_, j) => j !== i).flat();
      for (const a of group) for (const b of others) this.#world.cut(a, b);
    }
  }

  #note(happening: Happening, at: number): void {
    const isMessage = happening.kind === "message";
    const line = isOf(happening, this.#shown) && !(this.#isBrief && isMessage)
      ? this.#wording.lineOf(happening, at)
      : undefined;
    // Of several places at one instant the last counts.
    if (happening.kind === "place") {
      this.#lines = this.#lines.filter((each) => each.at !== at || each.place !== happening.id);
    }
    if (line !== undefined) this.#lines.push(line);
    else if (isMessage && happening.fate !== "lost later") this.#counted++;
  }
}

/** `"a"` is the JSON that it is, and `20 KiB of "a"` a long one. */
function valueOf(words: readonly string[]): unknown {
  const [count, unit, of, ...text] = words;
  if (unit !== "KiB" || of !== "of") return JSON.parse(words.join(" "));
  const value: unknown = JSON.parse(text.join(" "));
  return `${value}`.repeat(1024 * Number(count));
}

/** Whether it concerns these nodes alone, and perhaps a client. */
function isOf(happening: Happening, ids: ReadonlySet<string>): boolean {
  if (happening.kind !== "message") return ids.has(happening.id);
  const { src, dest } = happening.envelope;
  return [src, dest].every((id) => ids.has(id) || id === CLIENT);
}
