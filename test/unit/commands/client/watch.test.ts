/** `hearsay watch` ends soon after a signal, whoever reads what it prints. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { STOP_MS_MAX, watch } from "../../../../lib/commands/client/watch.ts";
import { addressText } from "../../../../transports/address.ts";
import { listen } from "../../../shared/io.ts";
import { until } from "../../../shared/until.ts";
import { withVirtualTimers } from "../../../shared/virtual_timers.ts";
import { withJson, withServed } from "../../service/http/served.ts";

test("a watch whose output nobody reads is given up STOP_MS_MAX after a signal, and not before", () =>
  withServed(async ({ url, at }) => {
    await (await fetch(`${url}/v1/values`, withJson("POST", "told"))).text();
    let isGivenUp = false;
    const { promise: never } = Promise.withResolvers<boolean>();
    const heard = listen("", { outDrained: () => never, outGivenUp: () => void (isGivenUp = true) });
    await withVirtualTimers(STOP_MS_MAX, async ({ pass }) => {
      const ended = watch(["--at", addressText(at)], heard.io);
      await until(() => heard.out.length > 0, "the value is printed");
      process.emit("SIGTERM");
      pass(STOP_MS_MAX - 1);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assert.equal(isGivenUp, false);
      pass(1);
      assert.equal(await ended, 0);
      assert.equal(isGivenUp, true);
    });
    assert.equal(heard.out.join(""), '"told"\n');
  }));
