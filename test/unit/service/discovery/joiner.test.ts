/** A node that is no member yet: whom it asks, how often, and what it makes of the answers. No clock but the test's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import type { Body } from "../../../../lib/core/message.ts";
import type { Answer, Ask } from "../../../../lib/service/discovery/ask.ts";
import {
  BOOTSTRAP_MS,
  JOIN_EVERY_MS_MAX,
  JOIN_EVERY_MS_MIN,
  Joiner,
} from "../../../../lib/service/discovery/joiner.ts";
import { ASK_EVERY_MS, ASKED_MAX, Seeker } from "../../../../lib/service/discovery/seeker.ts";
import type { Seed } from "../../../../lib/service/discovery/seeds.ts";
import { addressText } from "../../../../transports/address.ts";
import { until } from "../../../shared/until.ts";

const INCARNATION = 77;
const RECORD = ["n1", 5, 5, 0, "10.0.0.1:7000", 5];
const TAKES: Body = { type: "join_ok", cluster_id: "00112233445566ff", members: [RECORD] };

/** A world with a clock of its own, in which seeds answer as they are told. */
class World {
  now = 0;
  /** By address. */
  readonly answers = new Map<string, () => Promise<Answer>>();
  addresses: readonly string[] = [];
  readonly asked: { readonly at: string; readonly ms: number }[] = [];
  readonly whys: string[] = [];
  readonly #timers: { at: number; run: () => void }[] = [];

  readonly clock = () => this.now;

  readonly timer = (ms: number, run: () => void) => {
    const timer = { at: this.now + ms, run };
    this.#timers.push(timer);
    return () => void this.#timers.splice(this.#timers.indexOf(timer) >>> 0, 1);
  };

  /** Goes on to the next timer whenever nothing else is under way, until it is so. */
  async passUntil(isSo: () => boolean): Promise<void> {
    await until(async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      if (isSo()) return true;
      const [next] = this.#timers.sort((a, b) => a.at - b.at).splice(0, 1);
      if (next !== undefined) {
        this.now = next.at;
        next.run();
      }
      return false;
    });
  }

  says(host: string, from: string, body: Body): void {
    this.answers.set(`${host}:7000`, () => Promise.resolve({ ok: true, from, body }));
  }

  fails(host: string, reason: string): void {
    this.answers.set(`${host}:7000`, () => Promise.resolve({ ok: false, reason }));
  }

  seeker(id = "n9"): Seeker {
    const seed: Seed = { kind: "dns", name: "hearsay.test", port: 7000 };
    const names = {
      addressesOf: () => {
        return this.addresses.length > 0
          ? Promise.resolve(this.addresses)
          : Promise.reject(new Error("does not resolve"));
      },
      servicesOf: () => Promise.reject(new Error("does not resolve")),
    };
    const ask: Ask = (address, _question, signal) => {
      const at = addressText(address);
      this.asked.push({ at, ms: this.now });
      const given = new Promise<Answer>((resolve) =>
        signal.addEventListener("abort", () => resolve({ ok: false, reason: "is asked no further" }))
      );
      return Promise.race([given, this.answers.get(at)?.() ?? new Promise<Answer>(() => {})]);
    };
    return new Seeker({ id, seeds: [seed], names, ask, random: seeded(1), timer: this.timer });
  }

  joiner(options: { readonly id?: string; readonly bootstrap?: boolean } = {}): Joiner {
    const { id = "n9", bootstrap = false } = options;
    return new Joiner({
      id,
      incarnation: INCARNATION,
      question: () => ({ type: "join" }),
      seeker: this.seeker(id),
      bootstrap,
      random: seeded(2),
      clock: this.clock,
      timer: this.timer,
      onWaits: (why) => void this.whys.push(why),
    });
  }

  /** What a run comes to, however long it takes. */
  async outcome(joiner: Joiner): Promise<Awaited<ReturnType<Joiner["run"]>>> {
    const outcomes: Awaited<ReturnType<Joiner["run"]>>[] = [];
    joiner.run().then((each) => outcomes.push(each));
    await this.passUntil(() => outcomes.length > 0);
    return outcomes[0] ?? assert.fail();
  }
}

function waits(from: string, founds: boolean, incarnation = 1): [string, Body] {
  return [from, { type: "error", code: 11, text: "waits", waiting: { incarnation, founds } }];
}

test("joiner: the first member that takes the node is enough, and the names are looked up anew until one does", async () => {
  const world = new World();
  const joiner = world.joiner();
  const outcomes: unknown[] = [];
  joiner.run().then((each) => outcomes.push(each));
  await world.passUntil(() => world.whys.length === 3);
  assert.deepEqual(world.whys, Array(3).fill("dns+hearsay.test:7000 does not resolve"));
  world.addresses = ["10.0.0.1", "10.0.0.2"];
  world.fails("10.0.0.1", "refuses the connection");
  world.says("10.0.0.2", "n2", TAKES);
  await world.passUntil(() => outcomes.length > 0);
  assert.deepEqual(outcomes, [{ clusterId: "00112233445566ff", members: [RECORD] }]);
});

test("joiner: it asks ever more rarely, between two limits, and goes on for as long as nobody takes it", async () => {
  const world = new World();
  world.addresses = ["10.0.0.1"];
  world.fails("10.0.0.1", "refuses the connection");
  const joiner = world.joiner();
  const outcomes: unknown[] = [];
  joiner.run().then((each) => outcomes.push(each));
  await world.passUntil(() => world.asked.length === 200);
  const gaps = world.asked.map(({ ms }, i) => ms - (world.asked[i - 1]?.ms ?? 0)).slice(1);
  assert.ok(gaps.every((ms) => ms >= JOIN_EVERY_MS_MIN && ms <= JOIN_EVERY_MS_MAX));
  assert.ok(Math.max(...gaps) > JOIN_EVERY_MS_MAX / 2);
  assert.equal(new Set(gaps).size > 100, true, "not on all nodes at once");
  assert.equal(world.whys[0], "10.0.0.1:7000 refuses the connection");
  joiner.stop();
  await world.passUntil(() => outcomes.length > 0);
  assert.deepEqual(outcomes, ["stopped"]);
});

test("joiner: without --bootstrap it never founds a cluster, with it only after it has asked for BOOTSTRAP_MS", async () => {
  const world = new World();
  assert.equal(await world.outcome(world.joiner({ bootstrap: true })), "founds");
  assert.ok(world.now >= BOOTSTRAP_MS && world.now < BOOTSTRAP_MS + JOIN_EVERY_MS_MAX);
  const later = new World();
  const outcomes: unknown[] = [];
  later.joiner().run().then((each) => outcomes.push(each));
  await later.passUntil(() => later.now > 10 * BOOTSTRAP_MS);
  assert.deepEqual(outcomes, []);
});

test("joiner: where several may found a cluster and see each other, the first by name does", async () => {
  const world = new World();
  world.addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.9"];
  world.says("10.0.0.1", ...waits("n1", true));
  world.says("10.0.0.2", ...waits("n0", false));
  world.says("10.0.0.9", ...waits("n9", true, INCARNATION));
  const outcomes: unknown[] = [];
  world.joiner({ bootstrap: true }).run().then((each) => outcomes.push(each));
  await world.passUntil(() => world.now > 2 * BOOTSTRAP_MS);
  assert.deepEqual(outcomes, []);
  assert.equal(
    world.whys[0],
    "n0 at 10.0.0.2:7000 waits for a seed itself; n1 at 10.0.0.1:7000 waits for a seed itself",
  );
  // It is gone, and the next one by name may.
  world.fails("10.0.0.1", "refuses the connection");
  await world.passUntil(() => outcomes.length > 0);
  assert.deepEqual(outcomes, ["founds"]);
  world.says("10.0.0.1", ...waits("n1", true));
  assert.equal(await world.outcome(world.joiner({ id: "n0", bootstrap: true })), "founds");
});

test("joiner: where a member is there and refuses, no cluster is founded beside it", async () => {
  const world = new World();
  world.addresses = ["10.0.0.1"];
  world.says("10.0.0.1", "n1", { type: "error", code: 22, text: 'this is cluster "a", not "b"' });
  const outcomes: unknown[] = [];
  world.joiner({ bootstrap: true }).run().then((each) => outcomes.push(each));
  await world.passUntil(() => world.now > 2 * BOOTSTRAP_MS);
  assert.deepEqual(outcomes, []);
  assert.equal(world.whys[0], '10.0.0.1:7000 refuses: this is cluster "a", not "b"');
});

test("joiner: an answer of this node itself is no seed, that of another process of its id is", async () => {
  const world = new World();
  world.addresses = ["10.0.0.9"];
  world.says("10.0.0.9", ...waits("n9", false, INCARNATION));
  const outcomes: unknown[] = [];
  world.joiner({ bootstrap: true }).run().then((each) => outcomes.push(each));
  await world.passUntil(() => world.whys.length > 0);
  assert.deepEqual(world.whys, ["there is nobody at its seeds but itself"]);
  world.says("10.0.0.9", ...waits("n9", false, INCARNATION + 1));
  await world.passUntil(() => world.whys.length > 1);
  assert.equal(world.whys[1], "n9 at 10.0.0.9:7000 waits for a seed itself");
});

test("joiner: where all wait and none of them founds a cluster, it is said what one of them needs", async () => {
  const world = new World();
  world.addresses = ["10.0.0.1", "10.0.0.2"];
  world.says("10.0.0.1", ...waits("n1", false));
  world.says("10.0.0.2", ...waits("n2", false));
  world.joiner().run();
  await world.passUntil(() => world.whys.length > 0);
  const each = "n1 at 10.0.0.1:7000 waits for a seed itself; n2 at 10.0.0.2:7000 waits for a seed itself";
  assert.equal(world.whys.at(-1), `${each}; none of them founds a cluster: one needs --bootstrap`);
  world.says("10.0.0.1", ...waits("n1", true));
  const heard = world.whys.length;
  await world.passUntil(() => world.whys.length > heard);
  assert.equal(world.whys.at(-1), each, "n1 does");
  world.fails("10.0.0.2", "refuses the connection");
  world.says("10.0.0.1", ...waits("n1", false));
  const then = world.whys.length;
  await world.passUntil(() => world.whys.length > then);
  assert.doesNotMatch(world.whys.at(-1) ?? "", /--bootstrap/, "the other may be the one");
  world.addresses = ["10.0.0.9"];
  world.says("10.0.0.9", ...waits("n9", false, INCARNATION));
  const alone = world.whys.length;
  await world.passUntil(() => world.whys.length > alone);
  assert.equal(
    world.whys.at(-1),
    "there is nobody at its seeds but itself; --bootstrap would found a cluster",
  );
});

test("joiner: of many seeds that are of no use, three are named", async () => {
  const world = new World();
  world.addresses = [1, 2, 3, 4, 5].map((i) => `10.0.0.${i}`);
  for (const host of world.addresses) world.fails(host, "closed the connection");
  world.joiner().run();
  await world.passUntil(() => world.whys.length > 0);
  const named = [1, 2, 3].map((i) => `10.0.0.${i}:7000 closed the connection`).join("; ");
  assert.deepEqual(world.whys, [`${named}; and 2 more`]);
});

test("seeker: seeds that hang hold up nobody, and are given up once another one takes the node", async () => {
  const world = new World();
  world.addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
  world.says("10.0.0.3", "n3", TAKES);
  const rounds: { readonly found: readonly unknown[]; readonly faults: readonly string[] }[] = [];
  const seeker = world.seeker();
  seeker.round({ incarnation: 1, question: () => ({ type: "join" }) }).then((each) => rounds.push(each));
  await world.passUntil(() => rounds.length > 0);
  assert.equal(rounds[0]?.found.length, 1);
  assert.deepEqual(rounds[0]?.faults, []);
  assert.ok(world.now <= 2 * ASK_EVERY_MS);
});

test("seeker: all are asked where all are wanted, but for those that are passed over, and so many at the most", async () => {
  const world = new World();
  world.addresses = Array.from({ length: 100 }, (_, i) => `10.0.1.${i}`);
  for (const host of world.addresses) world.says(host, "n1", TAKES);
  const question = () => ({ type: "join" });
  const skip = new Set(["10.0.1.5:7000"]);
  const round = await world.seeker().round({ incarnation: 1, question, skip, all: true });
  assert.equal(round.found.length, 99);
  assert.equal(world.asked.some(({ at }) => skip.has(at)), false);
  const seeds = Array.from({ length: 3 }, (_, i): Seed => ({ kind: "dns", name: `n${i}.test`, port: 7000 }));
  let asked = 0;
  const names = {
    addressesOf: (name: string) =>
      Promise.resolve(Array.from({ length: 100 }, (_, i) => `10.${name[1]}.1.${i}`)),
    servicesOf: () => Promise.reject(new Error()),
  };
  const ask: Ask = () => Promise.resolve({ ok: false, reason: `fails ${++asked}` });
  await new Seeker({ id: "n9", seeds, names, ask, random: seeded(1) }).round({
    incarnation: 1,
    question,
  });
  assert.equal(asked, ASKED_MAX);
});

test("seeker: an answer that is no list of members is of no use, and said to be none", async () => {
  for (
    const body of [
      { type: "read_ok", messages: [] },
      { type: "join_ok" },
      { type: "join_ok", cluster_id: "", members: [["n1"]] },
      { type: "join_ok", cluster_id: "", members: [["n1", -1, 0, 0, "", 0]] },
    ]
  ) {
    const world = new World();
    world.addresses = ["10.0.0.1"];
    world.says("10.0.0.1", "n1", body);
    const { found, faults } = await world.seeker().round({
      incarnation: 1,
      question: () => ({ type: "join" }),
    });
    assert.deepEqual(found, []);
    assert.deepEqual(faults, ["10.0.0.1:7000 answers with something that is no list of members"]);
  }
});
