/** A sidecar: whose packets it may drop, for how long, and that nothing of it stays behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../../../../lib/core/message.ts";
import {
  type Command,
  COMMAND_MS_MAX,
  dropFrom,
  foreignRules,
  type Outcome,
  runCommand,
  show,
} from "../../../../lib/workbench/faults/iptables.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { HEAL_AGAIN_MS, LEASE_MS, Sidecar, WAITING_MAX } from "../../../../lib/workbench/faults/sidecar.ts";

const cluster = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
const healed = ["iptables -F -w", "iptables -X -w"];
const listed = "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n";

/** A sidecar, what it ran, and what its iptables answers. */
function bench(answers: (command: string) => Outcome | Promise<Outcome> = () => ({ ok: true, out: listed })) {
  const ran: string[] = [];
  const reports: string[] = [];
  const scheduler = new VirtualScheduler();
  const run = (command: Command) => {
    ran.push(show(command));
    return Promise.resolve(answers(show(command)));
  };
  const sidecar = new Sidecar({ within: cluster, run, scheduler, report: (what) => reports.push(what) });
  /** What ran since the last look. */
  const taken = () => ran.splice(0);
  const pass = async (ms: number) => {
    scheduler.run(scheduler.now() + ms);
    // Rules are removed in some turns of the queue of promises.
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  return { sidecar, taken, reports, pass };
}

const cut = (...from: unknown[]): Body => ({ type: "cut", from });
const failing = (which: string) => (command: string): Outcome =>
  command.includes(which) ? { ok: false, reason: "no luck" } : { ok: true, out: listed };

test("sidecar start removes what an earlier one left behind", async () => {
  const left = `${listed}-A INPUT -s 10.0.0.2/32 -j DROP\n`;
  const { sidecar, taken } = bench(() => ({ ok: true, out: left }));
  assert.equal(await sidecar.start(), undefined);
  assert.deepEqual(taken(), ["iptables -S -w", ...healed]);
});

test("sidecar start refuses where there are rules of somebody else, and removes none", async () => {
  for (const rule of ["-A INPUT -s 10.9.9.9/32 -j DROP", "-N DOCKER", "-P INPUT DROP", "-A OUTPUT -j LOG"]) {
    const { sidecar, taken } = bench(() => ({ ok: true, out: `${listed}${rule}\n` }));
    assert.match(await sidecar.start() ?? "", new RegExp(`not the sidecar's.*: ${rule}$`));
    assert.deepEqual(taken(), ["iptables -S -w"]);
  }
});

test("sidecar start says why iptables cannot be used", async () => {
  const { sidecar } = bench(failing("-S"));
  assert.equal(await sidecar.start(), "'iptables -S -w' fails: no luck");
});

test("sidecar cut makes Jepsen's rule, and heal removes it", async () => {
  const { sidecar, taken } = bench();
  const rule = "iptables -A INPUT -s 10.0.0.2,10.0.0.3 -j DROP -w";
  assert.deepEqual(await sidecar.answer(cut("10.0.0.2", "10.0.0.3", "10.0.0.2")), {
    type: "cut_ok",
    rules: [rule],
  });
  assert.deepEqual(taken(), [rule]);
  assert.deepEqual(await sidecar.answer({ type: "heal" }), { type: "heal_ok", rules: healed });
  assert.deepEqual(taken(), healed);
});

test("sidecar cut replaces the cut before it", async () => {
  const { sidecar, taken } = bench();
  await sidecar.answer(cut("10.0.0.2"));
  await sidecar.answer(cut("10.0.0.3"));
  const [first, second] = ["10.0.0.2", "10.0.0.3"].map((from) => show(dropFrom([from])));
  assert.deepEqual(taken(), [first, ...healed, second]);
  assert.deepEqual(await sidecar.answer({ type: "rules" }), {
    type: "rules_ok",
    from: ["10.0.0.3"],
    lease_ms: LEASE_MS,
  });
});

test("sidecar cut refuses whatever is not an address of the cluster, and changes nothing", async () => {
  const { sidecar, taken } = bench();
  await sidecar.answer(cut("10.0.0.2"));
  taken();
  const bad = [cut(), cut("10.0.0.2", "8.8.8.8"), cut("10.0.0.2 -j ACCEPT"), cut(1), cut(null), {
    type: "cut",
  }];
  for (const body of [...bad, { type: "cut", from: "10.0.0.2" }]) {
    const answer = await sidecar.answer(body);
    assert.deepEqual([answer.type, answer["code"]], ["error", 12], JSON.stringify(body));
  }
  assert.deepEqual(taken(), []);
  const { from } = await sidecar.answer({ type: "rules" });
  assert.deepEqual(from, ["10.0.0.2"]);
});

test("sidecar answers an unknown request with error 10", async () => {
  const { sidecar } = bench();
  const answer = await sidecar.answer({ type: "flush" });
  assert.deepEqual(answer, { type: "error", code: 10, text: "unknown type: flush" });
});

test("sidecar heals when nobody renews the cut for its lease, and says so", async () => {
  const { sidecar, taken, reports, pass } = bench();
  await sidecar.answer(cut("10.0.0.2"));
  taken();
  await pass(LEASE_MS - 1);
  assert.deepEqual(taken(), []);
  await pass(1);
  assert.deepEqual(taken(), healed);
  assert.deepEqual(reports, ["healed, as nobody renewed the cut for 30 s"]);
  assert.deepEqual(await sidecar.answer({ type: "hold" }), { type: "hold_ok", from: [] });
});

test("sidecar hold renews the lease, and asking for the rules does not", async () => {
  const { sidecar, taken, pass } = bench();
  await sidecar.answer(cut("10.0.0.2"));
  taken();
  await pass(LEASE_MS - 1);
  assert.deepEqual(await sidecar.answer({ type: "hold" }), { type: "hold_ok", from: ["10.0.0.2"] });
  await pass(LEASE_MS - 1);
  assert.deepEqual(taken(), []);
  assert.equal((await sidecar.answer({ type: "rules" }))["lease_ms"], 1);
  await pass(1);
  assert.deepEqual(taken(), healed);
});

test("sidecar tries again to heal where it could not when the lease ended", async () => {
  let works = false;
  const { sidecar, taken, reports, pass } = bench((command) =>
    works ? { ok: true, out: "" } : failing("-F")(command)
  );
  await sidecar.answer(cut("10.0.0.2"));
  await pass(LEASE_MS);
  assert.deepEqual(reports, ["'iptables -F -w' fails: no luck"]);
  works = true;
  taken();
  await pass(HEAL_AGAIN_MS);
  assert.deepEqual(taken(), healed);
});

test("sidecar heals when it stops, and takes no requests after", async () => {
  const { sidecar, taken } = bench();
  await sidecar.answer(cut("10.0.0.2"));
  taken();
  assert.equal(await sidecar.stop(), undefined);
  assert.deepEqual(taken(), healed);
  assert.equal((await sidecar.answer(cut("10.0.0.2")))["code"], 11);
  assert.deepEqual(taken(), []);
});

test("sidecar that never cut leaves the rules alone when it stops", async () => {
  const { sidecar, taken } = bench();
  await sidecar.stop();
  assert.deepEqual(taken(), []);
});

test("sidecar cut that fails is error 11, and leaves nothing half done", async () => {
  const { sidecar, taken } = bench(failing("-A"));
  const rule = show(dropFrom(["10.0.0.2"]));
  assert.deepEqual(await sidecar.answer(cut("10.0.0.2")), {
    type: "error",
    code: 11,
    text: `'${rule}' fails: no luck`,
  });
  assert.deepEqual(taken(), [rule, ...healed]);
  assert.deepEqual((await sidecar.answer({ type: "rules" }))["from"], []);
});

test("sidecar changes rules for one request after the other, and refuses those beyond WAITING_MAX", async () => {
  const free = Promise.withResolvers<Outcome>();
  const { sidecar, taken } = bench(() => free.promise);
  const asked = Array.from({ length: WAITING_MAX }, () => sidecar.answer(cut("10.0.0.2")));
  assert.equal((await sidecar.answer(cut("10.0.0.3")))["code"], 11);
  assert.equal(taken().length, 1);
  free.resolve({ ok: true, out: "" });
  const answers = await Promise.all(asked);
  assert.ok(answers.every(({ type }) => type === "cut_ok"));
  assert.equal((await sidecar.answer({ type: "rules" })).type, "rules_ok");
});

test("foreignRules() knows the sidecar's own rules", () => {
  const within = new Set(cluster);
  assert.deepEqual(foreignRules(`# Warning\n${listed}-A INPUT -s 10.0.0.1/32 -j DROP\n`, within), []);
  assert.deepEqual(foreignRules("-A INPUT -s 10.0.0.9/32 -j DROP", within), [
    "-A INPUT -s 10.0.0.9/32 -j DROP",
  ]);
});

test("runCommand() tells a missing program, a failure with its words, and one that takes too long", async () => {
  assert.deepEqual(await runCommand(["no-such-program-anywhere"]), {
    ok: false,
    reason: "there is no such program here",
  });
  assert.deepEqual(await runCommand(["sh", "-c", "echo no >&2; exit 4"]), { ok: false, reason: "no" });
  assert.deepEqual(await runCommand(["sh", "-c", "echo yes"]), { ok: true, out: "yes\n" });
  const slow = await runCommand(["sleep", "10"], 50);
  assert.deepEqual(slow, { ok: false, reason: "it takes longer than 50 ms" });
  assert.ok(COMMAND_MS_MAX < LEASE_MS);
});
