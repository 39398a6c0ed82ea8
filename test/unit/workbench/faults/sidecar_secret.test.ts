/** Orders to sidecars: only with a proof of the secret, which holds for one order on one connection. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { type Body, FORBIDDEN } from "../../../../lib/core/message.ts";
import { guarded, order } from "../../../../lib/workbench/faults/sidecar_secret.ts";
import { secret, withSidecars } from "./fake_sidecars.ts";

const proof = (nonce: unknown, text: string, of = secret) =>
  createHmac("sha256", of).update(`${String(nonce)}\n${text}`).digest("hex");

/** A connection, and all orders that went on from it. */
function connection() {
  const taken: Body[] = [];
  const answer = guarded(secret, (body) => {
    taken.push(body);
    return Promise.resolve({ type: "done" });
  });
  return { taken, answer };
}

test("an order with a proof goes on, once", async () => {
  const { taken, answer } = connection();
  const text = '{"type":"cut","from":["10.0.0.1"]}';
  const { nonce } = await answer({ type: "challenge" });
  match(String(nonce), /^[0-9a-f]{64}$/);
  const asked = { type: "order", order: text, proof: proof(nonce, text) };
  equal((await answer(asked)).type, "done");
  equal((await answer(asked))["code"], FORBIDDEN, "said again, it proves nothing");
  deepEqual(taken, [JSON.parse(text)]);
});

test("nothing goes on without a proof, with a wrong one, with that of another order, nonce or connection", async () => {
  const text = '{"type":"heal"}';
  const wrong: readonly ((nonce: unknown, other: unknown) => Body)[] = [
    () => ({ type: "heal" }),
    () => ({ type: "order", order: text }),
    () => ({ type: "order", order: text, proof: "" }),
    (nonce) => ({ type: "order", order: text, proof: proof(nonce, text, "another secret than this") }),
    (nonce) => ({ type: "order", order: '{"type":"cut"}', proof: proof(nonce, text) }),
    (_, other) => ({ type: "order", order: text, proof: proof(other, text) }),
    () => ({ type: "order", order: text, proof: proof(undefined, text) }),
    (nonce) => ({ type: "order", order: { type: "heal" }, proof: proof(nonce, text) }),
    (nonce) => ({ type: "order", order: "{", proof: proof(nonce, "{") }),
    (nonce) => ({ type: "order", order: "5", proof: proof(nonce, "5") }),
  ];
  for (const make of wrong) {
    const [one, two] = [connection(), connection()];
    const { nonce } = await one.answer({ type: "challenge" });
    const { nonce: other } = await two.answer({ type: "challenge" });
    equal((await one.answer(make(nonce, other)))["code"], FORBIDDEN);
    equal((await one.answer({ type: "order", order: text, proof: proof(nonce, text) }))["code"], FORBIDDEN);
    deepEqual(one.taken, []);
  }
  equal(
    (await connection().answer({ type: "order", order: text, proof: proof("", text) }))["code"],
    FORBIDDEN,
  );
});

test("a sidecar says what it needs, and takes the order of who has it", () =>
  withSidecars(async ({ places, requests }) => {
    const place = places.get("n1") ?? { host: "", port: 0 };
    for (const given of [undefined, "another secret than this"]) {
      const refused = await order(place, { type: "rules" }, given);
      ok(!refused.ok && refused.code === FORBIDDEN);
      match(refused.reason, /refuses: this needs the secret of the sidecar \(--secret-file/);
    }
    deepEqual(requests, []);
    ok((await order(place, { type: "rules" }, secret)).ok);
  }));
