/** A serving node that is to leave stops in time, also where nobody takes what it holds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAVE_MS_MAX } from "../../../lib/service/service.ts";
import { withVirtualTimers } from "../../shared/virtual_timers.ts";
import { withServed } from "./http/served.ts";

/** A member that nobody reaches: nothing listens at this port of loopback. */
const away = new Map([["n2", { host: "127.0.0.1", port: 1 }]]);

test("a node whose only peer is away waits LEAVE_MS_MAX for it, and no longer", () =>
  withServed(({ service }) =>
    withVirtualTimers(LEAVE_MS_MAX, async ({ pass }) => {
      let fault: string | undefined;
      const left = service.leave().then((why) => void (fault = why ?? "it has left"));
      pass(LEAVE_MS_MAX - 1);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assert.equal(fault, undefined);
      pass(1);
      await left;
      assert.equal(fault, "it has not handed over all within 8 s");
    }), { peers: away }));
