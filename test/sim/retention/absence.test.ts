/** Nodes that keep different things come and go, for longer than they keep: nothing comes back, and all comes to rest. */
import { deepEqual, equal, ok } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { type Random, seeded } from "../../../lib/core/random.ts";
import { INQUIRY_MS } from "../../../lib/core/retention/inquiry.ts";
import type { Rule } from "../../../lib/core/retention/rules.ts";
import { KeepingCluster } from "./kept.ts";

const SEEDS = Number(process.env["HEARSAY_RETENTION_SEEDS"] ?? 40);
const FIRST = Number(process.env["HEARSAY_RETENTION_FIRST"] ?? 1);
const IDS = ["n0", "n1", "n2", "n3", "n4"];
const KEYS = ["k1", "k2", "k3", "k4"];
/** Shorter than an absence may be. */
const KEPT_MS = 20_000;
/** Whoever keeps all is heard again while others still wait for it. */
const CUT_MS_MAX = INQUIRY_MS / 2;
const LITTLE: readonly Rule[] = [{ pattern: "*", ageMs: KEPT_MS }];
const FEW: readonly Rule[] = [{ pattern: "*", count: 5 }];
const ALL: readonly Rule[] = [];

/** What one seed has come to so far. */
class Story {
  readonly #random: Random;
  readonly #keeps: Readonly<Record<string, readonly Rule[]>>;
  readonly nodes: KeepingCluster;
  /** Values that each node shows, and those that it showed and does no more, since it began with an empty log. */
  readonly #shown = new Map(IDS.map((id): [string, Set<unknown>] => [id, new Set()]));
  readonly #gone = new Map(IDS.map((id): [string, Set<unknown>] => [id, new Set()]));
  readonly #down = new Set<string>();
  #told = 0;
  /** Since all could reach each other. */
  #cutMs = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
    // One keeps all and is always there: what it was told of must be with all who keep it, in the end.
    this.#keeps = Object.fromEntries(
      IDS.map((id) => [id, id === "n3" ? ALL : this.#pick([LITTLE, LITTLE, FEW, ALL])]),
    );
    this.nodes = new KeepingCluster(this.#keeps);
  }

  act(): void {
    const { cluster } = this.nodes;
    const id = this.#pick(IDS);
    const chance = this.#random.next();
    if (chance < 0.5) this.#tell(id);
    else if (chance < 0.6) this.#heal();
    else if (chance < 0.75) this.#cut(id, this.#pick(IDS));
    else if (id !== "n3" && this.#down.size < 2) this.#toggle(id);
    const ms = this.#random.next() * (chance < 0.9 ? 2_000 : 3 * KEPT_MS);
    this.#cutMs += ms;
    if (this.#cutMs > CUT_MS_MAX) this.#heal();
    cluster.run(ms);
    this.check();
  }

  rest(): void {
    const { cluster } = this.nodes;
    this.#heal();
    for (const id of this.#down) cluster.start(id, false);
    this.#down.clear();
    cluster.run(200_000);
    this.check();
    const before = this.nodes.messages;
    cluster.run(200_000);
    equal(this.nodes.messages, before, "it has come to rest");
  }

  /** Nothing comes back, and nothing is there twice. */
  check(): void {
    for (const id of IDS) {
      if (this.#down.has(id)) continue;
      const values = this.nodes.read(id);
      const now = new Set<unknown>(values);
      equal(now.size, values.length, `${id} shows a value twice`);
      const gone = this.#gone.get(id) ?? new Set();
      for (const value of this.#shown.get(id) ?? []) if (!now.has(value)) gone.add(value);
      for (const value of now) ok(!gone.has(value), `${value} came back to ${id}`);
      this.#shown.set(id, now);
    }
  }

  /** At rest all hold the same entries, and those that keep all show the same values; all have the latest of each key. */
  checkEnd(): void {
    const { cluster } = this.nodes;
    ok(KEYS.some((key) => this.nodes.get("n3", key) !== undefined), "keys were put");
    for (const key of KEYS) {
      const value = this.nodes.get("n3", key);
      for (const id of IDS) equal(this.nodes.get(id, key), value, `${key} at ${id}`);
    }
    const all = this.nodes.read("n3");
    for (const id of IDS) {
      const { entries, peers } = cluster.status(id);
      equal(entries, cluster.status("n3").entries, `entries of ${id}`);
      for (const { neighbour, lag, ahead } of peers) if (neighbour) deepEqual([lag, ahead], [0, 0]);
      if (this.#keeps[id] === ALL) {
        deepEqual(this.nodes.read(id).toSorted(), all.toSorted(), `${id} keeps all`);
      }
      if (this.#keeps[id] === LITTLE) deepEqual(this.nodes.read(id), []);
    }
  }

  #tell(id: string): void {
    if (this.#down.has(id)) return;
    this.nodes.tell(id, ...Array.from({ length: 3 }, () => `v${++this.#told}`));
    this.nodes.put(id, this.#pick(KEYS), ++this.#told);
  }

  #heal(): void {
    this.nodes.cluster.heal();
    this.#cutMs = 0;
  }

  #cut(one: string, other: string): void {
    if (one === other) return;
    this.nodes.cluster.cut(one, other);
    this.nodes.cluster.cut(other, one);
  }

  #toggle(id: string): void {
    if (!this.#down.delete(id)) {
      this.nodes.cluster.kill(id);
      this.#down.add(id);
      return;
    }
    // Now and then on a new disk.
    const isEmpty = this.#random.next() < 0.3;
    this.nodes.cluster.start(id, isEmpty);
    if (isEmpty) this.#gone.set(id, new Set());
    if (isEmpty) this.#shown.set(id, new Set());
  }

  #pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.#random.next() * list.length)];
    if (item === undefined) throw new Error("an empty list");
    return item;
  }
}

test(`[G3] [G5] ${SEEDS} seeds: nothing comes back, nothing is there twice, and all comes to rest`, () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const story = new Story(seed);
    try {
      for (let i = 0; i < 60; i++) story.act();
      story.rest();
      story.checkEnd();
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
