/** Which clients are answered in which turn of the event loop. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { TURN_ANSWERS_BYTES_MAX } from "../../../../transports/tcp/limits.ts";
import { atEndOfTurn } from "../../../../transports/end_of_turn.ts";
import { atNextTurn } from "../../../../transports/next_turn.ts";
import { Turn, type Waiting } from "../../../../transports/tcp/clients/turn.ts";
import { echoing, Talker } from "./rig.ts";

test("Turn is over once TURN_ANSWERS_BYTES_MAX were spent, and the next one is not [S10]", async () => {
  const turn = new Turn();
  turn.spend(TURN_ANSWERS_BYTES_MAX - 1);
  equal(turn.isOver, false);
  turn.spend(1);
  equal(turn.isOver, true);
  await nextTurn();
  equal(turn.isOver, false);
});

test("Turn ends with the turn of the event loop in which it was spent, where nobody waits [S10]", async () => {
  const turn = new Turn();
  const isOver = await new Promise((resolve) => {
    atEndOfTurn(() => {
      turn.end();
      atEndOfTurn(() => resolve(turn.isOver));
    });
  });
  equal(isOver, false);
});

test("Turn lets waiting clients go on: first the one that was answered least, then the one that has waited longest [S10]", async () => {
  const turn = new Turn();
  const letOn: string[] = [];
  const waiting = (name: string, answeredBytes: number): Waiting => ({
    answeredBytes,
    onTurn: () => letOn.push(name),
  });
  turn.end();
  for (const one of [waiting("much", 9), waiting("none", 0), waiting("nor this", 0)]) turn.wait(one);
  const gone = waiting("gone", 0);
  turn.wait(gone);
  turn.leave(gone);
  await nextTurn();
  deepEqual(letOn, ["none", "nor this", "much"]);
  turn.end();
  await nextTurn();
  equal(letOn.length, 3, "each is let on once");
});

test("Turn leaves clients that it does not reach to the turn after [S10]", async () => {
  const turn = new Turn();
  const letOn: number[] = [];
  for (const i of [1, 2, 3]) {
    turn.wait({
      answeredBytes: 0,
      onTurn: () => {
        letOn.push(i);
        turn.end();
      },
    });
  }
  turn.end();
  for (const expected of [[1], [1, 2], [1, 2, 3]]) {
    await nextTurn();
    deepEqual(letOn, expected);
  }
});

test("clients are answered about TURN_ANSWERS_BYTES_MAX in one turn, and all of them in the end [S10]", async () => {
  let [inTurn, most] = [0, 0];
  const { node, address } = await echoing({}, () => {
    if (inTurn === 0) setImmediate(() => inTurn = 0);
    inTurn += 1;
    most = Math.max(most, inTurn);
  });
  const text = "x".repeat(TURN_ANSWERS_BYTES_MAX / 4);
  const clients = Array.from({ length: 20 }, () => new Talker(address));
  for (const client of clients) client.say({ src: "c1", dest: "n1", body: { type: "note", text } });
  await Promise.all(clients.map((client) => client.hear(1)));
  ok(most <= 4, `${most}`);
  for (const client of clients) client.close();
  await node.close();
});

/** After all that was planned for the next turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => atNextTurn(resolve));
}
