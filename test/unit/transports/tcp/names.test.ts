/** The lines of answers: what the codec writes, under the name by which the client asked. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../../../../lib/core/codec.ts";
import type { Body } from "../../../../lib/core/message.ts";
import { Names } from "../../../../transports/tcp/clients/names.ts";

const bodies: readonly Body[] = [
  ...[0, 1, -7, -0, 2 ** 53, 1e21].map((in_reply_to) => ({ type: "broadcast_ok", in_reply_to })),
  { type: "delete_ok", in_reply_to: 1 },
  { type: "error", code: 12, text: 'a "quote"', in_reply_to: 1 },
];

test("an answer is written as the codec writes it", () => {
  const names = new Names("n1", 7);
  for (const name of ["c1", 'c"2', "c1"]) {
    for (const body of bodies) equal(names.answerLine(name, body), encode({ src: "n1", dest: name, body }));
  }
});
