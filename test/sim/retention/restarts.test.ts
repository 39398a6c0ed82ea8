/** A node that is restarted in memory, over and over: what others know of its lives stays little. */
import { ok } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { ABSENCE_MAX_MS } from "../../../lib/core/retention/retirement.ts";
import { livesNamed } from "./kept.ts";

const RESTARTS = Number(process.env["HEARSAY_RESTARTS"] ?? 1_000);
const HOURS = 24;

test(`[G7] after ${RESTARTS} restarts messages name the lives of the last days and those that go on`, () => {
  const ofTheLastDays = ABSENCE_MAX_MS / (HOURS * 3_600_000);
  const named = livesNamed(RESTARTS, HOURS)([]);
  ok(named <= ofTheLastDays + 3, `${named}`);
});
