/** Keys in a cluster: both sides of a cut put the same key, and after the heal everybody has the same latest. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { at } from "../../../lib/core/assert.ts";
import type { Body } from "../../../lib/core/message.ts";
import { seeded } from "../../../lib/core/random.ts";
import { CLIENT, Cluster, type Happening } from "../../transcripts/cluster.ts";

const ids = ["n0", "n1", "n2", "n3", "n4"];

class World {
  readonly cluster: Cluster;
  #answer: Body | undefined;

  constructor() {
    this.cluster = new Cluster(ids, 20, new Set(), (happening) => this.#note(happening));
    this.cluster.run(3_000);
  }

  ask(id: string, body: Body): Body | undefined {
    this.#answer = undefined;
    this.cluster.ask(id, body);
    return this.#answer;
  }

  put(id: string, message: string, key = "dark"): void {
    const answer = this.ask(id, { type: "broadcast", topic: "flags", key, message });
    equal(answer?.type, "broadcast_ok");
  }

  /** The latest at each node: its value and its stamp, or an error's code. */
  latest(key = "dark"): string[] {
    return ids.map((id) => {
      const answer = this.ask(id, { type: "get", topic: "flags", key });
      return JSON.stringify(
        answer?.type === "get_ok" ? [answer["value"], answer["stamp"]] : answer?.["code"],
      );
    });
  }

  cut(...sides: readonly (readonly string[])[]): void {
    for (const from of ids) {
      for (const to of ids) {
        if (!sides.some((side) => side.includes(from) && side.includes(to))) this.cluster.cut(from, to);
      }
    }
  }

  #note(happening: Happening): void {
    if (happening.kind === "message" && happening.envelope.dest === CLIENT) {
      this.#answer = JSON.parse(JSON.stringify(happening.envelope.body));
    }
  }
}

const halves = [["n0", "n1"], ["n2", "n3", "n4"]] as const;

test("both sides of a cut put a key: after the heal the later one is the latest, everywhere [H3]", () => {
  for (const [first, second] of [["n0", "n4"], ["n4", "n0"]] as const) {
    const world = new World();
    world.put("n1", "before");
    world.cluster.run(1_000);
    world.cut(...halves);
    world.put(first, "first");
    world.cluster.run(7);
    world.put(second, "second");
    world.cluster.run(10_000);
    equal(new Set(world.latest()).size, 2, "each side has its own");
    world.cluster.heal();
    world.cluster.run(10_000);
    deepEqual(world.latest(), ids.map(() => JSON.stringify(["second", 1_000 * 4_007])));
  }
});

test("puts of one moment are decided alike everywhere [H3]", () => {
  const world = new World();
  world.cut(...halves);
  world.put("n1", "left");
  world.put("n3", "right");
  world.cluster.run(10_000);
  world.cluster.heal();
  world.cluster.run(10_000);
  deepEqual(
    world.latest(),
    ids.map(() => JSON.stringify(["right", 1_000 * 3_000])),
    "n3 is after n1 as text",
  );
});

test("a deletion that has seen a put deletes it, and one that has not loses to a later put [H3] [H9]", () => {
  const world = new World();
  world.put("n0", "on");
  world.cluster.run(1_000);
  world.cut(...halves);
  equal(world.ask("n4", { type: "delete", topic: "flags", key: "dark" })?.type, "delete_ok");
  world.cluster.run(5_000);
  world.put("n0", "later");
  world.put("n0", "elsewhere", "light");
  world.cluster.heal();
  world.cluster.run(10_000);
  deepEqual(world.latest().map((latest) => JSON.parse(latest)[0]), ids.map(() => "later"));
  world.ask("n2", { type: "delete", topic: "flags", key: "dark" });
  world.cluster.run(1_000);
  deepEqual(world.latest(), ids.map(() => "20"));
  equal(new Set(world.latest("light")).size, 1);
});

test("on, off, on at three nodes is two values of a set, and three events or three puts [H2]", () => {
  const toggled = (fields: (i: number) => Body) => {
    const world = new World();
    for (const [i, message] of ["on", "off", "on"].entries()) {
      world.ask(ids[i] ?? "", { ...fields(i), topic: "flags", message });
      world.cluster.run(1_000);
    }
    return ids.map((id) => world.cluster.status(id).values);
  };
  const type = "broadcast";
  deepEqual(toggled(() => ({ type })), ids.map(() => 2));
  deepEqual(toggled((i) => ({ type, id: `e${i}` })), ids.map(() => 3));
  deepEqual(toggled(() => ({ type, key: "dark" })), ids.map(() => 3));
  deepEqual(toggled(() => ({ type, id: "always the same" })), ids.map(() => 1));
});

test("a client that repeats an event with its id at another node has it once in the end [H2]", () => {
  const world = new World();
  world.cut(...halves);
  for (const id of ["n0", "n4"]) {
    equal(world.ask(id, { type: "broadcast", topic: "events", id: "e1", message: 5 })?.type, "broadcast_ok");
  }
  world.cluster.run(5_000);
  world.cluster.heal();
  world.cluster.run(10_000);
  deepEqual(ids.map((id) => world.cluster.status(id).values), ids.map(() => 1));
  equal(new Set(ids.map((id) => world.cluster.status(id).digest)).size, 1);
});

test("whatever was put and deleted wherever, through cuts and restarts, all agree in the end [H3]", () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seeded(seed);
    const pick = <T>(from: readonly T[]): T => at(from, Math.floor(random.next() * from.length));
    const world = new World();
    for (let i = 0; i < 60; i++) {
      const id = pick(ids);
      const key = pick(["a", "b", "c"]);
      if (random.next() < 0.2) world.ask(id, { type: "delete", topic: "flags", key });
      else world.put(id, `${i}`, key);
      if (random.next() < 0.1) world.cut(ids.slice(0, 2), ids.slice(2));
      if (random.next() < 0.1) world.cluster.heal();
      if (random.next() < 0.05) {
        world.cluster.kill(id);
        world.cluster.start(id, false);
      }
      world.cluster.run(random.next() * 500);
    }
    world.cluster.heal();
    world.cluster.run(30_000);
    for (const key of ["a", "b", "c"]) equal(new Set(world.latest(key)).size, 1, `seed ${seed}, ${key}`);
    equal(new Set(ids.map((id) => world.cluster.status(id).digest)).size, 1, `seed ${seed}`);
  }
});
