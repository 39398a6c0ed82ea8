/** Access: who says hello with which token, what is refused before and after, and what a wrong token costs. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  type Body,
  FORBIDDEN,
  MALFORMED_REQUEST,
  TEMPORARILY_UNAVAILABLE,
} from "../../../../lib/core/message.ts";
import { Access } from "../../../../lib/service/access/access.ts";
import type { Identity } from "../../../../lib/service/access/rights.ts";
import {
  hashOf,
  TOKEN_BYTES_MAX,
  type TokenEntry,
  WRONG_ADDRESSES_MAX,
  WRONG_TOKENS_MAX,
  WRONG_TOKENS_MS,
  WrongTokens,
} from "../../../../lib/service/access/tokens.ts";

const STRANGER = "this needs to know who asks: a hello with a token (--token-file), or a certificate";
const UNKNOWN = "the token is not one that this node knows";
const broadcast = (topic: string): Body => ({ type: "broadcast", message: 1, topic });

test("[A1] nothing goes on before hello, and then what the token has the right to", () => {
  const rig = new Rig([entry("shop", "s3cret", "publish:orders")]);
  equal(rig.ask("c#1", broadcast("orders")), false);
  deepEqual(rig.take(), [error(FORBIDDEN, STRANGER)]);
  equal(rig.ask("c#1", { type: "status" }), false);
  deepEqual(rig.take(), [error(FORBIDDEN, STRANGER)]);
  equal(rig.ask("c#1", { type: "hello", token: "s3cret" }), false);
  deepEqual(rig.take(), [{ type: "hello_ok", name: "shop", rights: ["publish:orders"], in_reply_to: 9 }]);
  equal(rig.ask("c#1", broadcast("orders")), true);
  equal(
    rig.ask("other name#1", { type: "status" }),
    true,
    "the connection is known, whatever names are on it",
  );
  equal(rig.ask("c#1", broadcast("audit")), false);
  deepEqual(rig.take(), [
    error(FORBIDDEN, "this needs the right publish:audit, which shop does not have"),
  ]);
  equal(rig.ask("c#2", broadcast("orders")), false, "another connection is not known");
});

test("[A1] what says that it is an answer is passed over without one", () => {
  const rig = new Rig([]);
  equal(rig.ask("c#1", { type: "broadcast", message: 1, in_reply_to: 1 }), false);
  deepEqual(rig.take(), []);
});

test("[A1] hello is said once on a connection, and as it must be", () => {
  const rig = new Rig([entry("shop", "s3cret"), entry("bank", "other", "admin")]);
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  rig.take();
  rig.ask("c#1", { type: "hello", token: "other" });
  deepEqual(rig.take(), [error(MALFORMED_REQUEST, "shop has said hello on this connection")]);
  equal(rig.access.isAdmin(rig.request("c#1", { type: "status" })), false);
  for (const token of [undefined, null, 5, {}, ["s3cret"]]) {
    rig.ask("c#2", { type: "hello", token });
    equal(rig.take()[0]?.["code"], MALFORMED_REQUEST);
  }
  rig.ask("c#2", { type: "hello", token: "é".repeat(TOKEN_BYTES_MAX / 2) + "x" });
  deepEqual(rig.take(), [error(MALFORMED_REQUEST, `hello /token is over ${TOKEN_BYTES_MAX} bytes`)]);
  deepEqual(rig.ended, [], "none of these was a wrong token");
  rig.ask("c#2", { type: "hello", token: "x".repeat(TOKEN_BYTES_MAX) });
  deepEqual(rig.take(), [error(FORBIDDEN, UNKNOWN)]);
});

test("[A1] a certificate makes a client known, and a token may take its place", () => {
  const rig = new Rig([entry("shop", "s3cret", "publish:orders")]);
  rig.certificates.set("c#1", { name: "audit", rights: ["watch:*", "admin"] });
  equal(rig.ask("c#1", { type: "watch", topics: ["*"] }), true);
  equal(rig.access.isAdmin(rig.request("c#1", { type: "status" })), true);
  equal(rig.ask("c#1", broadcast("orders")), false);
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  equal(rig.ask("c#1", broadcast("orders")), true);
  equal(rig.ask("c#1", { type: "watch", topics: ["*"] }), false);
});

test("[A6] to join needs a right where nodes show certificates, and none where whoever comes may be a peer", () => {
  const join = { type: "join", id: "n9" };
  equal(new Rig([], false).ask("c#1", join), true);
  const rig = new Rig([]);
  equal(rig.ask("c#1", join), false);
  rig.certificates.set("c#2", { name: "n9", rights: ["admin"] });
  equal(rig.ask("c#2", join), true);
});

test("[A1] a connection that is gone is forgotten", () => {
  const rig = new Rig([entry("shop", "s3cret", "admin")]);
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  rig.access.gone("1");
  equal(rig.ask("c#1", { type: "status" }), false);
});

test("[A3] a wrong token ends its connection; of one address, that is said once", () => {
  const rig = new Rig([entry("shop", "s3cret")]);
  for (const token of ["", "s3cre", "s3cret ", hashOf("s3cret")]) {
    rig.ask("c#1", { type: "hello", token });
    deepEqual(rig.take(), [error(FORBIDDEN, UNKNOWN)]);
    deepEqual(rig.ended.splice(0), ["c#1"]);
  }
  deepEqual([...rig.said], ["tokens from 10.0.0.1: a client at 10.0.0.1 has a wrong token"]);
});

test("[A3] after WRONG_TOKENS_MAX wrong tokens none is looked at from there, for WRONG_TOKENS_MS", () => {
  const rig = new Rig([entry("shop", "s3cret")]);
  for (let i = 0; i < WRONG_TOKENS_MAX; i++) rig.ask("c#1", { type: "hello", token: `${i}` });
  rig.take();
  rig.now += WRONG_TOKENS_MS - 1000;
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  const text = "too many wrong tokens came from 10.0.0.1: none is looked at for ";
  deepEqual(rig.take(), [{ ...error(FORBIDDEN, `${text}1.0 s`), retry_after_ms: 1000 }]);
  equal([...rig.said].at(-1), `tokens from 10.0.0.1: ${text}1.0 min`);
  rig.host = "10.0.0.2";
  rig.ask("c#2", { type: "hello", token: "s3cret" });
  equal(rig.take()[0]?.type, "hello_ok", "others are not locked out");
  rig.host = "10.0.0.1";
  rig.now += 1000;
  rig.ask("c#3", { type: "hello", token: "s3cret" });
  equal(rig.take()[0]?.type, "hello_ok");
});

test("[A3] loopback is not locked out, and the addresses that are remembered are WRONG_ADDRESSES_MAX", () => {
  let now = 0;
  const wrong = new WrongTokens(() => now);
  const note = (host: string) => {
    for (let i = 0; i < WRONG_TOKENS_MAX; i++) wrong.note(host);
  };
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
    note(host);
    equal(wrong.waitMs(host), 0);
  }
  note("first");
  for (let i = 1; i < WRONG_ADDRESSES_MAX; i++) wrong.note(`${i}`);
  ok(wrong.waitMs("first") > 0);
  wrong.note("one more");
  equal(wrong.waitMs("first"), 0, "those that were wrong last are remembered");
  note("again");
  now += WRONG_TOKENS_MS;
  wrong.note("again");
  equal(wrong.waitMs("again"), 0, "the count begins anew");
  note("2001:db8::1");
  ok(wrong.waitMs("2001:db8::ffff") > 0, "of one network");
  equal(wrong.waitMs("2001:db8:0:1::1"), 0);
});

test("[A5] where too many of one name are connected, one more is told so and ended", () => {
  const rig = new Rig([entry("shop", "s3cret")]);
  rig.full.add("shop");
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  deepEqual(rig.take(), [error(TEMPORARILY_UNAVAILABLE, "too many of shop")]);
  rig.certificates.set("c#2", { name: "shop", rights: ["admin"] });
  equal(rig.ask("c#2", { type: "status" }), false);
  deepEqual(rig.take()[0], error(TEMPORARILY_UNAVAILABLE, "too many of shop"));
  deepEqual(rig.ended, ["c#1", "c#2"]);
});

test("[A4] other tokens end the connections that they change, and no others", () => {
  const before = [entry("shop", "s3cret", "publish:a"), entry("audit", "other", "watch:*")];
  const rig = new Rig(before);
  rig.ask("c#1", { type: "hello", token: "s3cret" });
  rig.ask("c#2", { type: "hello", token: "other" });
  rig.certificates.set("c#3", { name: "x", rights: [] });
  rig.ask("c#3", { type: "status" });
  rig.take();
  equal(rig.access.setTokens(structuredClone(before)), false);
  deepEqual(rig.ended, []);
  equal(
    rig.access.setTokens([entry("shop", "s3cret", "publish:b"), entry("audit", "other", "watch:*")]),
    true,
  );
  deepEqual(rig.ended, ["c#1"]);
  deepEqual(rig.take(), [{
    type: "error",
    code: FORBIDDEN,
    text: "the token of shop is no longer what it was",
  }]);
  equal(rig.ask("c#1", broadcast("a")), false, "what is still on its way is not done");
  rig.ask("c#4", { type: "hello", token: "s3cret" });
  equal(rig.ask("c#4", broadcast("b")), true);
  rig.access.setTokens([]);
  deepEqual(rig.ended, ["c#1", "c#2", "c#4"]);
});

function entry(name: string, token: string, ...rights: string[]): TokenEntry {
  return { name, sha256: hashOf(token), rights };
}

function error(code: number, text: string): Body {
  return { type: "error", code, text, in_reply_to: 9 };
}

/** An access, and all that it answers, ends and says. Every request has the number 9. */
class Rig {
  readonly access: Access;
  readonly certificates = new Map<string, Identity>();
  readonly ended: string[] = [];
  readonly said = new Set<string>();
  /** Names of which too many are connected. */
  readonly full = new Set<string>();
  host = "10.0.0.1";
  now = 1_000_000;
  #replies: Body[] = [];

  constructor(tokens: readonly TokenEntry[], knowsNodes = true) {
    this.access = new Access({
      tokens,
      clock: () => this.now,
      certified: (client) => this.certificates.get(client),
      knowsNodes,
      name: (_, name) => this.full.has(name) ? `too many of ${name}` : undefined,
      hostOf: () => this.host,
      reply: ({ body: { msg_id } }, body) =>
        this.#replies.push(msg_id === undefined ? body : { ...body, in_reply_to: msg_id }),
      end: (client) => this.ended.push(client),
      say: (about, text) => this.said.add(`${about}: ${text}`),
    });
  }

  request(src: string, body: Body) {
    return { src, dest: "n1", body: { ...body, msg_id: 9 } };
  }

  ask(src: string, body: Body): boolean {
    return this.access.admits(this.request(src, body));
  }

  take(): Body[] {
    return this.#replies.splice(0);
  }
}
