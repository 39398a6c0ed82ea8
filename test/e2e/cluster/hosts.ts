/** Five hosts with a node each, wherever they are: what the cluster suite asks of a place. */
import assert from "node:assert/strict";
import type { ChildProcess, ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { type Status, statusOf } from "../../../lib/client/answers.ts";
import { ask } from "../../../lib/workbench/world/running/ask.ts";
import { beforeEnding } from "../../../lib/workbench/ending_signals.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { type Ended, ending } from "../fixtures/hearsay.ts";
import type { Address } from "../../../transports/address.ts";

/** n1 to n5; each keeps its values on disk. */
export interface Hosts {
  /** Where the nodes are reached from the test. */
  readonly at: ReadonlyMap<string, Address>;
  /** A hearsay command among the hosts, where it finds the cluster in its environment. */
  spawn(args: readonly string[]): ChildProcessWithoutNullStreams;
  /** As a crash does: SIGKILL. */
  kill(ids: readonly string[]): Promise<void>;
  start(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A kind of hosts. */
export interface Place {
  readonly name: string;
  open(): Promise<Hosts>;
}

export const ids = ["n1", "n2", "n3", "n4", "n5"] as const;

/** Opens hosts that nobody used before, and closes them whatever happens. */
export async function withHosts(place: Place, use: (hosts: Hosts) => Promise<void>): Promise<void> {
  const hosts = await place.open();
  const children = new Set<ChildProcess>();
  const spawn: Hosts["spawn"] = (args) => {
    const child = hosts.spawn(args);
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  };
  const close = async () => {
    // Where a test fails, its examination may still be on.
    await Promise.all([...children].map((child) => child.kill() && once(child, "close")));
    await hosts.close();
  };
  const release = beforeEnding(close);
  try {
    await use({ ...hosts, spawn });
  } finally {
    release();
    await close();
  }
}

export function run(hosts: Hosts, args: readonly string[], input = ""): Promise<Ended> {
  const child = hosts.spawn(args);
  child.stdin.end(input);
  return ending(child);
}

/** An examination among the hosts, which must have held: `hearsay test --cluster … --json ARGS`. */
export async function examine(hosts: Hosts, args: readonly string[]): Promise<Results> {
  const { out, err } = await run(hosts, ["test", "--json", ...args]);
  assert.ok(out.startsWith("{"), `no results: ${err}${out}`);
  const results: Results = JSON.parse(out);
  assert.deepEqual(results.failures, []);
  return results;
}

/** What a node says of itself; rejects where it does not answer. */
export async function statusAt(hosts: Hosts, id: string): Promise<Status> {
  const answer = await ask(hosts.at.get(id) ?? assert.fail(`there is no ${id}`), {
    type: "status",
    msg_id: 1,
  });
  assert.ok(answer.ok, answer.ok ? "" : answer.reason);
  return statusOf(answer.body) ?? assert.fail(`${id} says ${JSON.stringify(answer.body)}`);
}
