/** The page's stream at a node that is played: how long it may be silent, and how much it may say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SILENT_MS_MAX, SNAPSHOT_CHARS_MAX, Stream } from "../../../../lib/pages/live/stream.ts";
import { until } from "../../../shared/until.ts";
import { withVirtualTimers } from "../../../shared/virtual_timers.ts";
import { snapshotOf } from "./snapshots.ts";

interface Played {
  /** The node says this. */
  readonly say: (text: string) => void;
  readonly pass: (ms: number) => void;
  /** What the page was told. */
  readonly heard: string[];
}

/** With a stream that a node answers, and which wants to know who asks when it comes again, so that it ends. */
async function played(use: (played: Played) => Promise<void>): Promise<void> {
  const { fetch } = globalThis;
  const storage = Object.getOwnPropertyDescriptor(globalThis, "sessionStorage");
  const heard: string[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<
    ReadableStreamDefaultController<Uint8Array>
  >();
  let asked = 0;
  const answer = (_: string, { signal }: RequestInit) => {
    if (++asked > 1) return Promise.resolve(Response.json({ detail: "who asks?" }, { status: 401 }));
    const start = (body: ReadableStreamDefaultController<Uint8Array>) => {
      signal?.addEventListener("abort", () => body.error(signal.reason));
      open(body);
    };
    return Promise.resolve(new Response(new ReadableStream({ start })));
  };
  Object.assign(globalThis, { fetch: answer });
  Object.defineProperty(globalThis, "sessionStorage", {
    ...{ value: { getItem: () => null, removeItem() {} }, configurable: true, writable: true },
  });
  try {
    await withVirtualTimers(1_000, async (timers) => {
      const over = new Stream({
        onSnapshot: ({ id }) => void heard.push(id),
        onGone: (reason) => void heard.push(`gone: ${reason}`),
        onStranger() {},
      }).run();
      const body = await opened;
      const say = (text: string) => body.enqueue(new TextEncoder().encode(text));
      await use({ say, pass: timers.pass, heard });
      await until(() => timers.count > 0, "it waits until it asks again");
      timers.pass(SILENT_MS_MAX);
      await over;
    });
  } finally {
    Object.assign(globalThis, { fetch });
    if (storage === undefined) Reflect.deleteProperty(globalThis, "sessionStorage");
    else Object.defineProperty(globalThis, "sessionStorage", storage);
  }
}

const event = (id: string) => `data: ${JSON.stringify(snapshotOf([], { id }))}\n\n`;

test("a node that says nothing for SILENT_MS_MAX is gone, and one that speaks just in time is not", () =>
  played(async ({ say, pass, heard }) => {
    for (const id of ["n1", "n2"]) {
      pass(SILENT_MS_MAX - 1);
      say(event(id));
      await until(() => heard.at(-1) === id, "the snapshot is shown");
    }
    pass(SILENT_MS_MAX - 1);
    assert.deepEqual(heard, ["n1", "n2"]);
    pass(1);
    await until(() => heard.length > 2, "it is given up");
    assert.deepEqual(heard, ["n1", "n2", "gone: it is silent"]);
  }));

test("a snapshot of SNAPSHOT_CHARS_MAX is read, and one that goes on is given up before it ends", () =>
  played(async ({ say, heard }) => {
    const text = event("n1");
    // Spaces behind an object are JSON.
    const full = `${text.slice(0, -2)}${" ".repeat(SNAPSHOT_CHARS_MAX - text.length + 2)}`;
    assert.equal(full.length, SNAPSHOT_CHARS_MAX);
    say(full);
    say("\n\n");
    await until(() => heard.length > 0, "the snapshot is shown");
    say(full);
    say(" ");
    await until(() => heard.length > 1, "it is given up");
    assert.deepEqual(heard, ["n1", "gone: "]);
  }));
