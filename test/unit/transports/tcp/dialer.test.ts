/** Dialling: again and again, beside dials that hang, and never faster or longer than it may. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { connect, createServer, Socket } from "node:net";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import { Dialer, type DialerOptions } from "../../../../transports/tcp/peers/dialer.ts";
import {
  DIAL_EVERY_MS_MAX,
  DIAL_EVERY_MS_MIN,
  DIAL_MS_MAX,
  DIALLED_OFTEN_MAX,
} from "../../../../transports/tcp/limits.ts";
import { addressOf, listening } from "../../../shared/listening.ts";
import { NOBODY, until } from "./rig.ts";
import type { Address } from "../../../../transports/address.ts";

test("Dialer dials at once, then at intervals with jitter, for ever", () => {
  const rig = dialing();
  rig.dialer.start();
  rig.run(60_000);
  const gaps = rig.dials.slice(1).map(({ at }, i) => at - (rig.dials[i]?.at ?? 0));
  assert.equal(rig.dials[0]?.at, 0);
  assert.ok(gaps.length >= 60_000 / DIAL_EVERY_MS_MAX, `${gaps.length} more dials`);
  assert.ok(gaps.every((gap) => gap >= DIAL_EVERY_MS_MIN && gap <= DIAL_EVERY_MS_MAX));
  assert.ok(Math.max(...gaps) > 0.9 * DIAL_EVERY_MS_MAX);
  assert.ok(new Set(gaps).size > 100, "they are not alike");
});

test("Dialer dials as much more rarely as there are others than DIALLED_OFTEN_MAX to dial", () => {
  const dialsIn = (others: number) => {
    const rig = dialing({ others: () => others });
    rig.dialer.start();
    rig.run(100_000);
    return rig.dials.length;
  };
  const [alone, few, many] = [0, DIALLED_OFTEN_MAX, 4 * DIALLED_OFTEN_MAX].map(dialsIn);
  assert.equal(few, alone);
  assert.ok(
    many !== undefined && alone !== undefined && Math.abs(many / alone - 1 / 4) < 0.05,
    `${many} of ${alone}`,
  );
});

test("Dialer that is hurried dials now, and goes on as before; one that is stopped does not", () => {
  const rig = dialing({ others: () => 1_000 });
  rig.dialer.hurry();
  assert.equal(rig.dials.length, 0);
  rig.dialer.start();
  rig.dialer.hurry();
  assert.equal(rig.dials.length, 2);
  rig.run(60_000);
  assert.ok(rig.dials.length > 2);
  rig.dialer.stop();
  const before = rig.dials.length;
  rig.dialer.hurry();
  rig.run(60_000);
  assert.equal(rig.dials.length, before);
});

test("Dialer has dials under way beside those that hang; the first to connect wins, the others are given up", () => {
  const rig = dialing();
  rig.dialer.start();
  rig.run(DIAL_MS_MAX - 1);
  assert.ok(rig.dials.length > 3);
  assert.ok(rig.dials.every(({ socket }) => !socket.destroyed));
  const winner = rig.dials[2]?.socket;
  winner?.emit("connect");
  assert.deepEqual(rig.connected, [winner]);
  assert.deepEqual(rig.dials.filter(({ socket }) => !socket.destroyed).map(({ socket }) => socket), [winner]);
  const dials = rig.dials.length;
  rig.run(60_000);
  assert.equal(rig.dials.length, dials, "no more dials");
  assert.equal(winner?.destroyed, false);
});

test("Dialer passes over one that connects after another has won", () => {
  const rig = dialing();
  rig.dialer.start();
  rig.run(DIAL_MS_MAX - 1);
  rig.dials[0]?.socket.emit("connect");
  rig.dials[1]?.socket.emit("connect");
  assert.equal(rig.connected.length, 1);
});

test("Dialer gives a dial up after DIAL_MS_MAX and says so; no more are under way than fit into that", () => {
  const rig = dialing({ random: { next: () => 0 } });
  rig.dialer.start();
  rig.run(DIAL_MS_MAX - 1);
  assert.deepEqual(rig.failed, []);
  rig.run(1);
  assert.deepEqual(rig.failed, [`no answer within ${DIAL_MS_MAX} ms`]);
  rig.run(60_000);
  const underWay = rig.dials.filter(({ socket }) => !socket.destroyed).length;
  assert.equal(underWay, DIAL_MS_MAX / DIAL_EVERY_MS_MIN);
});

test("Dialer stops: dials under way are given up without a word, and no more follow", () => {
  const rig = dialing();
  rig.dialer.start();
  rig.run(DIAL_MS_MAX - 1);
  rig.dialer.stop();
  const dials = rig.dials.length;
  rig.run(60_000);
  assert.equal(rig.dials.length, dials);
  assert.ok(rig.dials.every(({ socket }) => socket.destroyed));
  assert.deepEqual(rig.failed, []);
});

test("Dialer dials soon again after a link that was good, and later after one that was not", () => {
  const gapAfter = (wasGood: boolean) => {
    const rig = dialing({ random: { next: () => 0.99 } });
    rig.dialer.start();
    rig.run(10_000);
    rig.dials.at(-1)?.socket.emit("connect");
    if (wasGood) rig.dialer.reset();
    const [dials, at] = [rig.dials.length, rig.now()];
    rig.dialer.start();
    rig.run(1_000);
    return (rig.dials[dials]?.at ?? 0) - at;
  };
  assert.equal(gapAfter(true), DIAL_EVERY_MS_MIN);
  assert.ok(gapAfter(false) > 0.9 * DIAL_EVERY_MS_MAX);
});

test("Dialer finds a name, connects, and says of a name that is none", async () => {
  const server = createServer((socket) => socket.destroy());
  const { port } = await listening(server);
  const known = dialing({ address: { host: "localhost", port }, open: connect });
  known.dialer.start();
  await until(() => known.connected.length === 1);
  known.connected[0]?.destroy();
  server.close();
  const unknown = dialing({ address: { host: "nobody.invalid", port: 1 } });
  unknown.dialer.start();
  await until(() => unknown.failed.length === 1);
  unknown.dialer.stop();
  assert.match(unknown.failed[0] ?? "", /^the name nobody\.invalid is not found/);
});

test("Dialer looks a name up for every dial, and takes the addresses in turn", () => {
  let found = ["10.0.0.1", "10.0.0.2"];
  const rig = dialing({ address: NAMED, find: (_, done) => done(found) });
  rig.dialer.start();
  rig.run(2_000);
  assert.deepEqual(new Set(rig.hosts), new Set(found));
  found = ["10.0.0.3"];
  rig.hosts.length = 0;
  rig.run(2_000);
  assert.deepEqual(new Set(rig.hosts), new Set(found));
});

test("Dialer dials what was found last, and where the peer has dialled from, while name servers fail or hang", () => {
  const known: { hint?: string; answer?: string[] } = { answer: [] };
  const rig = dialing({
    address: NAMED,
    find: (_, done) => known.answer !== undefined && done(known.answer),
    hint: () => known.hint,
  });
  rig.dialer.start();
  rig.run(2_000);
  assert.deepEqual(rig.hosts, [], "there is nowhere to dial");
  assert.match(rig.failed.at(-1) ?? "", /^the name n2.example is not found/);
  const hostsIn = (ms: number) => {
    rig.hosts.length = 0;
    rig.run(ms);
    return [...new Set(rig.hosts)].sort();
  };
  known.hint = "10.0.0.9";
  assert.deepEqual(hostsIn(2_000), ["10.0.0.9"]);
  known.answer = ["10.0.0.1"];
  assert.deepEqual(hostsIn(2_000), ["10.0.0.1", "10.0.0.9"]);
  known.answer = [];
  assert.deepEqual(hostsIn(2_000), ["10.0.0.1", "10.0.0.9"], "they fail");
  delete known.answer;
  assert.deepEqual(hostsIn(2_000), ["10.0.0.1", "10.0.0.9"], "they hang");
});

test("Dialer asks for a name once at a time, and heeds no answer after it was stopped", () => {
  const asked: ((addresses: readonly string[]) => void)[] = [];
  const rig = dialing({ address: NAMED, find: (_, done) => void asked.push(done) });
  rig.dialer.start();
  rig.run(2_000);
  assert.equal(asked.length, 1);
  rig.dialer.stop();
  asked[0]?.(["10.0.0.1"]);
  assert.deepEqual(rig.hosts, []);
});

test("Dialer says why a dial failed", async () => {
  const rig = dialing({ open: connect });
  rig.dialer.start();
  await until(() => rig.failed.length === 1);
  rig.dialer.stop();
  assert.match(rig.failed[0] ?? "", /^it refuses the connection/);
});

test("Dialer takes a connection to itself for none, and leaves the port free", async () => {
  const server = createServer();
  const bind = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  await bind(0);
  const { port } = addressOf(server);
  await new Promise((resolve) => server.close(resolve));
  // What the kernel does by chance where nobody listens: it dials from the port that is dialled.
  const open = ({ host, port }: Address) => connect({ host, port, localAddress: host, localPort: port });
  const rig = dialing({ address: { host: "127.0.0.1", port }, open });
  rig.dialer.start();
  await until(() => rig.failed.length === 1);
  rig.dialer.stop();
  assert.deepEqual(rig.connected, []);
  assert.match(rig.failed[0] ?? "", /^it refuses the connection/);
  await until(() => rig.dials.every(({ socket }) => socket.closed));
  // A runtime may say that a socket is closed a moment before the kernel has let it go; what lingers does so for a minute.
  await until(() => heldAt(port) === 0, "no socket lingers");
  await bind(port);
  server.close();
});

const NAMED: Address = { host: "n2.example", port: 7000 };

/** A dialer in virtual time whose dials hang for ever, unless they are opened otherwise. */
function dialing(given: Partial<DialerOptions> = {}) {
  const [connected, failed]: [Socket[], string[]] = [[], []];
  const dials: { at: number; socket: Socket }[] = [];
  const hosts: string[] = [];
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const { open = () => new Socket() } = given;
  const dialer = new Dialer({
    address: NOBODY,
    random: seeded(3),
    onConnected: (socket) => connected.push(socket),
    onFailed: (reason) => failed.push(reason),
    timer(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    ...given,
    open(address) {
      const socket = open(address);
      dials.push({ at: now, socket });
      hosts.push(address.host);
      return socket;
    },
  });
  const run = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      timers.delete(next);
      now = next.at;
      next.run();
    }
    now = end;
  };
  return { dialer, connected, failed, dials, hosts, run, now: () => now };
}

/** How many sockets the kernel holds at a port, on Linux; none elsewhere. */
function heldAt(port: number): number {
  if (!existsSync("/proc/net/tcp")) return 0;
  const at = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return readFileSync("/proc/net/tcp", "utf8").split("\n").filter((line) => line.includes(at)).length;
}
