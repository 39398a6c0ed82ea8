/** One cluster over TLS of nodes under Bun, under Deno and as the executable. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { issueFor } from "../../../shared/certificates.ts";
import { Client } from "../../fixtures/client.ts";
import { run, underBun, underDeno, withExecutable } from "../../fixtures/hearsay.ts";
import { connectedAll, eventually, holdEverywhere } from "../../fixtures/serving.ts";
import { addressText } from "../../../../transports/address.ts";
import { withSecured } from "./secured.ts";

test("nodes under Bun, Deno and compiled trust each other, take new certificates, and serve each other's clients", () =>
  withExecutable((executable) => {
    const programs = new Map([["n1", underBun], ["n2", underDeno], ["n3", executable]]);
    return withSecured([...programs.keys()], async (nodes, { dir, client, clientFlags }) => {
      await connectedAll(nodes);
      for (const { id, address } of nodes) await Client.with(address, (one) => one.broadcast(id), client);
      await holdEverywhere(nodes, 3);
      for (const { id } of nodes) issueFor(dir, id, [], { days: 200 });
      await eventually(
        "all take the new ones",
        () => nodes.every((node) => node.said("new certificates are in use")),
      );
      for (const node of nodes) {
        await node.end("SIGKILL");
        await node.start();
      }
      await connectedAll(nodes);
      for (const program of programs.values()) {
        for (const node of nodes) {
          const { out, err } = await run(
            program,
            "broadcast",
            "--verbose",
            "--at",
            addressText(node.address),
            ...clientFlags,
            "4",
          );
          assert.deepEqual([out, err], ["", `1 value acknowledged by ${node.id}.\n`]);
        }
        const plain = await run(
          program,
          "read",
          "--at",
          nodes.map(({ address }) => addressText(address)).join(),
        );
        assert.equal(plain.err.match(/speaks TLS, and was addressed without/g)?.length, 3, plain.err);
      }
    }, { programs });
  }));
