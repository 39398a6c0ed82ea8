/** Hosts of real processes, tried on small programs: talking, misbehaving, dying, being paused and stopped. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import type { Envelope } from "../../../lib/core/message.ts";
import {
  processHosts,
  type Program,
  STDERR_LINES_MAX,
  STDIN_BYTES_MAX,
  STDOUT_LINE_BYTES_MAX,
} from "../../../lib/workbench/world/process.ts";
import { QUOTE_CHARS_MAX } from "../../../lib/workbench/verdict/quote.ts";
import { REPORTS_MAX } from "../../../lib/workbench/verdict/violations.ts";
import { type Fixture, fixture, shell } from "../fixtures/programs.ts";

/** What 20 turns of the event loop may take on a busy machine, ms; without an end they never come. */
const FLOODED_MS_MAX = 5_000;

const init = request({ type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0", "n1"] });

test("a process host carries messages to a program and back, and stops it", async () => {
  const rig = new Rig(fixture("naive"));
  rig.host.receive(request({ type: "broadcast", msg_id: 2, message: 7 }));
  const types = (await rig.take(3)).map(({ body }) => body.type);
  assert.deepEqual(types, ["init_ok", "gossip", "broadcast_ok"]);
  await rig.stop();
  assert.deepEqual(rig.faults, []);
});

test("a process host reports a stray line, and carries what follows it", async () => {
  const rig = new Rig(fixture("prints_a_stray_line"));
  for (let id = 2; id < 6; id++) rig.host.receive(request({ type: "read", msg_id: id }));
  await rig.take(6 - 1);
  assert.deepEqual(rig.faults, [["stray-line", "five messages already"]]);
  await rig.stop();
});

test("a process host reports an empty line, and what is JSON and no message", async () => {
  const lines = ["", "null", '{"src":"n0"}', JSON.stringify(init)];
  const rig = new Rig(shell(`printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}; cat >/dev/null`));
  await rig.take(1);
  assert.deepEqual(rig.faults, [
    ["stray-line", "an empty line"],
    ["stray-line", "null"],
    ["malformed-message", 'src and dest must be strings: {"src":"n0"}'],
  ]);
  await rig.stop();
});

test("a program that never stops printing leaves the examiner time for all else", async () => {
  for (const output of [1, 2]) {
    const rig = new Rig(shell(`exec yes 'what is no message' >&${output}`));
    if (output === 1) await rig.faulty();
    const from = performance.now();
    for (let turn = 0; turn < 20; turn++) await pause(1);
    assert.ok(performance.now() - from < FLOODED_MS_MAX, `${performance.now() - from} ms`);
    await rig.stop();
  }
});

test("a process host hands on what another printed, to the last digit", async () => {
  const message = '{"src":"n0","dest":"n1","body":{"type":"x","n":12345678901234567890,"in_reply_to":null}}';
  const rig = new Rig(shell(`read init; echo '${message}'; read line; echo "$line" >&2; exit 3`));
  const [sent] = await rig.take(1);
  rig.host.receive(sent ?? assert.fail());
  await rig.faulty();
  assert.deepEqual(rig.faults, [["crashed", `exited with status 3; its last words:\n${message}`]]);
  await rig.stop();
});

test("a process host knows of a line that was begun and not ended", async () => {
  const rig = new Rig(
    shell(`echo '${JSON.stringify(init)}'; printf '%s' "${"x".repeat(300)}"; cat >/dev/null`),
  );
  await rig.take(1);
  const failsAt = performance.now() + 10_000;
  while (rig.host.halfLine?.() === undefined) {
    assert.ok(performance.now() < failsAt, "the line never began");
    await pause(5);
  }
  assert.equal(rig.host.halfLine?.(), `${"x".repeat(QUOTE_CHARS_MAX)}…`);
  await rig.stop();
  assert.equal(rig.host.halfLine?.(), undefined);
  assert.deepEqual(rig.faults, []);
});

test("a process host reports a crash with its status and last words", async () => {
  const rig = new Rig(fixture("crashes"));
  for (let id = 2; id < 6; id++) rig.host.receive(request({ type: "read", msg_id: id }));
  await rig.faulty();
  assert.deepEqual(rig.faults, [["crashed", "exited with status 3; its last words:\nout of patience"]]);
  assert.equal(rig.host.receive(init), true, "what comes after its end is no overflow");
  await rig.stop();
});

test("a process host reports a program that cannot be run", async () => {
  const rig = new Rig({ bin: "./no/such/program", args: [] });
  await rig.faulty();
  assert.equal(rig.faults[0]?.[0], "crashed");
  assert.match(rig.faults[0]?.[1] ?? "", /cannot run '.*no\/such\/program'/);
  rig.host.receive(init);
  await rig.stop();
});

test("a process host reports a file that the system cannot execute, and starts none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-"));
  const file = join(folder, "text");
  writeFileSync(file, "no-such-command\n", { mode: 0o755 });
  const rig = new Rig({ bin: file, args: [] });
  await rig.faulty();
  assert.equal(rig.faults[0]?.[0], "crashed");
  rig.host.receive(init);
  await rig.stop();
  rmSync(folder, { recursive: true });
});

test("a process host reports at most REPORTS_MAX stray lines of one process", async () => {
  const rig = new Rig(shell(`yes nonsense | head -n 5000; echo '${JSON.stringify(init)}'; cat >/dev/null`));
  await rig.take(1);
  assert.equal(rig.faults.length, REPORTS_MAX);
  await rig.stop();
});

test("a process host quotes the last STDERR_LINES_MAX lines of a program that crashed, each shortened", async () => {
  const rig = new Rig(
    shell(`i=0; while [ $i -lt 100 ]; do echo "line $i ${"x".repeat(300)}" >&2; i=$((i+1)); done; exit 4`),
  );
  await rig.faulty();
  const [how, ...words] = (rig.faults[0]?.[1] ?? "").split("\n");
  assert.equal(how, "exited with status 4; its last words:");
  assert.equal(words.length, STDERR_LINES_MAX);
  assert.match(words.at(-1) ?? "", /^line 99 x+…$/);
  assert.ok(words.every((line) => line.length === QUOTE_CHARS_MAX + 1));
  await rig.stop();
});

test("a process host drops a line over STDOUT_LINE_BYTES_MAX and carries the next", async () => {
  const bytes = STDOUT_LINE_BYTES_MAX + 1;
  const rig = new Rig(
    shell(`head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo '${JSON.stringify(init)}'; cat >/dev/null`),
  );
  await rig.take(1);
  assert.deepEqual(rig.faults, [[
    "malformed-message",
    `a line is longer than ${STDOUT_LINE_BYTES_MAX} bytes`,
  ]]);
  await rig.stop();
});

test("a process host holds at most STDIN_BYTES_MAX for a program that does not read", async () => {
  const rig = new Rig(fixture("naive"));
  await rig.take(1);
  rig.host.pause();
  const padding = "x".repeat(1_000_000);
  const ids = Array.from({ length: 48 }, (_, i) => 2 + i);
  const kept = ids.filter((id) => rig.host.receive(request({ type: "read", msg_id: id, padding })) !== false);
  rig.host.resume();
  const held = Math.floor(STDIN_BYTES_MAX / padding.length);
  assert.equal(kept.length, held);
  await rig.take(1 + held);
  rig.host.receive(request({ type: "read", msg_id: 50 }));
  await rig.answer(50);
  assert.equal(rig.sent.length, 1 + held + 1);
  await rig.stop();
});

test("a killed process host drops what it is told, and starts again with nothing", async () => {
  const rig = new Rig(fixture("naive"));
  rig.host.receive(request({ type: "broadcast", msg_id: 2, message: 7 }));
  await rig.take(3);
  rig.host.kill();
  rig.host.receive(request({ type: "broadcast", msg_id: 3, message: 8 }));
  rig.host.start();
  rig.host.receive(init);
  rig.host.receive(request({ type: "read", msg_id: 4 }));
  const last = (await rig.take(5)).at(-1);
  assert.deepEqual(last?.body["messages"], []);
  assert.deepEqual(rig.faults, []);
  await rig.stop();
});

test("a paused process host keeps what it is told until resumed", async () => {
  const rig = new Rig(fixture("naive"));
  await rig.take(1);
  rig.host.pause();
  rig.host.receive(request({ type: "read", msg_id: 2 }));
  // Another program answers meanwhile, so the paused one had the time to.
  const other = new Rig(fixture("naive"));
  await other.take(1);
  assert.equal(rig.sent.length, 1);
  rig.host.resume();
  assert.equal((await rig.take(2)).at(-1)?.body.type, "read_ok");
  await Promise.all([rig.stop(), other.stop()]);
});

test("stopping ends paused programs and those that ignore SIGTERM", async () => {
  const rigs = [new Rig(fixture("naive")), new Rig(fixture("outlives_its_input"))];
  for (const rig of rigs) await rig.take(1);
  rigs[0]?.host.pause();
  await Promise.all(rigs.map((rig) => rig.stop()));
  assert.deepEqual(rigs.flatMap((rig) => rig.faults), []);
});

test("process hosts are stopped when none was started, and let go of the process's signals", async () => {
  const before = process.listenerCount("SIGTERM");
  await processHosts(fixture("naive")).stopped();
  const rig = new Rig(fixture("naive"));
  assert.equal(process.listenerCount("SIGTERM"), before + 1);
  await rig.stop();
  assert.equal(process.listenerCount("SIGTERM"), before);
});

const broken: readonly [Fixture, unknown[]][] = [
  ["naive", [1, 2, 3, 4]],
  ["never_forwards", [1, 2, 3, 4]],
  ["forgets_one", [1, 2, 4]],
  ["reads_one_twice", [1, 2, 3, 4, 1]],
  ["invents_one", [1, 2, 3, 4, -1]],
];

for (const [name, values] of broken) {
  test(`the fixture ${name} reads ${JSON.stringify(values)} after broadcasts of 1 to 4`, async () => {
    const rig = new Rig(fixture(name));
    for (let value = 1; value <= 4; value++) {
      rig.host.receive(request({ type: "broadcast", msg_id: value + 1, message: value }));
    }
    rig.host.receive(request({ type: "read", msg_id: 6 }));
    assert.deepEqual((await rig.answer(6)).body["messages"], values);
    assert.equal(rig.sent.some(({ body }) => body.type === "gossip"), name !== "never_forwards");
    await rig.stop();
  });
}

function request(body: Envelope["body"]): Envelope {
  return { src: "c1", dest: "n0", body };
}

/** One host of one program, started and initialised, and what it was heard to do. */
class Rig {
  readonly sent: Envelope[] = [];
  readonly faults: [string, string][] = [];
  readonly hosts;
  readonly host;
  #changed = Promise.withResolvers<void>();

  constructor(program: Program) {
    this.hosts = processHosts(program);
    this.host = this.hosts("n0", {
      sent: (envelope) => this.#note(() => this.sent.push(envelope)),
      misbehaved: (kind, reason) => this.#note(() => this.faults.push([kind, reason])),
      delivered: () => {},
      gone: () => {},
      back: () => {},
      lost: () => {},
    });
    this.host.start();
    this.host.receive(init);
  }

  /** Resolves to the first `count` messages once they have been sent. */
  async take(count: number): Promise<Envelope[]> {
    await this.#until(() => this.sent.length >= count);
    return this.sent.slice(0, count);
  }

  async answer(id: number): Promise<Envelope> {
    await this.#until(() => this.#find(id) !== undefined);
    return this.#find(id) ?? assert.fail();
  }

  faulty(): Promise<void> {
    return this.#until(() => this.faults.length > 0);
  }

  stop(): Promise<void> {
    this.host.stop();
    return this.hosts.stopped();
  }

  #find(id: number): Envelope | undefined {
    return this.sent.find(({ body }) => body.in_reply_to === id);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#changed.promise;
  }

  #note(change: () => void): void {
    change();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
