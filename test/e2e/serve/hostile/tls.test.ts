/** Strangers at a TLS port cost a node a bounded amount of memory, and those who are trusted notice nothing [X1]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "../../fixtures/client.ts";
import { connectedAll, holdEverywhere } from "../../fixtures/serving.ts";
import { withSecured } from "../tls/secured.ts";
import { underAttack } from "./under_attack.ts";

const LONG_VALUES = Array.from({ length: 6 }, (_, i) => `${i} `.padEnd(100_000, "x"));

const strangers = {
  "a thousand who begin a handshake and go no further": "halfHandshakes",
  "two thousand handshakes without a certificate": "handshakes",
  "a thousand who speak plain text": "thousandConnections",
  "random bytes": "randomBytes",
  "1 GiB without a newline": "endlessLine",
};

/** They show a certificate, and then do their worst. */
const clients = {
  "answers and watches that are never read": "unreadAnswers",
  "a client that speaks as a node": "impostor",
};

for (const [what, attack] of Object.entries(clients)) {
  test(`serve over TLS: ${what}, of a client that is trusted: memory stays bounded, and others notice nothing`, () =>
    withSecured(["n1", "n2"], async (nodes, { client }) => {
      const [node = assert.fail()] = nodes;
      await connectedAll(nodes);
      await Client.with(node.address, async (one) => {
        for (const value of LONG_VALUES) await one.broadcast(value);
      }, client);
      const told = await underAttack(node, attack, true);
      await holdEverywhere(nodes, LONG_VALUES.length + told.length);
      assert.equal(node.said("lost the link"), false);
    }));
}

for (const [what, attack] of Object.entries(strangers)) {
  test(`serve over TLS: ${what}: memory stays bounded, and other clients notice nothing`, () =>
    withSecured(["n1", "n2"], async (nodes, { client }) => {
      const [node = assert.fail()] = nodes;
      await connectedAll(nodes);
      const told = await underAttack(node, attack);
      await holdEverywhere(nodes, told.length);
      assert.equal(node.said("lost the link"), false);
      assert.equal(
        await Client.with(
          node.address,
          async (one) => (await one.ask({ type: "echo", echo: 1 })).type,
          client,
        ),
        "echo_ok",
      );
    }));
}
