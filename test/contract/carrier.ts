/** What every carrier must do, as cases over a link of two ends; transports/transport.ts says it in prose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "../../lib/core/message.ts";
import { LINE_BYTES_MAX } from "../../transports/lines/reader.ts";
import type { Transport } from "../../transports/transport.ts";

/** Two ends of one fresh link, and a way to put bytes on it towards the far end. */
export interface Link {
  readonly near: Transport;
  readonly far: Transport;
  inject(bytes: Uint8Array): void;
  /** Resolves once both ends, which have been opened, can reach each other; by default they can at once. */
  ready?(): Promise<void>;
  /** Lets go of what is neither end. */
  release?(): Promise<void>;
}

/** Runs every case over links that `make` makes. */
export function carrierContract(name: string, make: () => Link | Promise<Link>): void {
  for (const [fact, run] of Object.entries(cases)) {
    test(`${name}: ${fact}`, async () => {
      const link = await make();
      const { near, far } = link;
      const [here, there] = [new Inbox(near), new Inbox(far)];
      await link.ready?.();
      await run({ near, far, inject: link.inject, here, there });
      await Promise.all([near.close(), far.close()]);
      await link.release?.();
    });
  }
}

interface OpenLink extends Link {
  readonly here: Inbox;
  readonly there: Inbox;
}

const cases: Record<string, (link: OpenLink) => Promise<void>> = {
  async "carries envelopes whole, both ways"({ near, far, here, there }) {
    near.send(envelope("out"));
    far.send(answer("back"));
    assert.deepEqual(await there.take(1), [envelope("out")]);
    assert.deepEqual(await here.take(1), [answer("back")]);
  },

  async "carries any JSON text unchanged"({ near, there }) {
    const text = 'é€𝄞\u2028\u0000\ud800 \\ "\r\n\t';
    near.send(envelope(text));
    assert.deepEqual(await there.take(1), [envelope(text)]);
  },

  async "carries thousands that are sent in one turn"({ near, there }) {
    const sent = Array.from({ length: 5000 }, (_, i) => envelope(`${i}`));
    for (const one of sent) near.send(one);
    assert.deepEqual(await there.take(5000), sent);
  },

  async "carries a message as long as a line may be"({ near, there }) {
    const longest = envelope("x".repeat(LINE_BYTES_MAX - bytesOf(envelope(""))));
    near.send(longest);
    assert.deepEqual(await there.take(1), [longest]);
  },

  async "drops a longer message whole, says so, and carries the next"({ near, here, there }) {
    near.send(envelope("x".repeat(LINE_BYTES_MAX - bytesOf(envelope("")) + 1)));
    near.send(envelope("next"));
    assert.deepEqual(await there.take(1), [envelope("next")]);
    assert.equal(here.dropped.length, 1);
  },

  async "drops what is no envelope, says so once each, and receives the next"({ near, there, inject }) {
    inject(new TextEncoder().encode('hello\n{"src":1}\n[]\n\n'));
    inject(Uint8Array.of(0xff, 0xc3, 0x0a));
    near.send(envelope("next"));
    assert.deepEqual(await there.take(1), [envelope("next")]);
    assert.equal(there.dropped.length, 4);
  },

  async "drops a line that is too long, says so once, and receives the next"({ near, there, inject }) {
    const piece = new Uint8Array(65_536).fill(65);
    for (let bytes = 0; bytes < 3 * LINE_BYTES_MAX; bytes += piece.length) inject(piece);
    inject(Uint8Array.of(10));
    near.send(envelope("next"));
    assert.deepEqual(await there.take(1), [envelope("next")]);
    assert.equal(there.dropped.length, 1);
  },

  async "drain resolves once everything sent has left, and at once when nothing was"({ near, there }) {
    await near.drain();
    for (let i = 0; i < 100; i++) near.send(envelope(`${i}`));
    await near.drain();
    assert.equal((await there.take(100)).length, 100);
  },

  async "close lets what was sent leave, and a second close is the first"({ near, there }) {
    near.send(envelope("last"));
    await Promise.all([near.close(), near.close()]);
    assert.deepEqual(await there.take(1), [envelope("last")]);
  },

  async "neither sends nor receives after close, and does not throw"({ near, far, here, there }) {
    await near.close();
    near.send(envelope("too late"));
    far.send(answer("nobody listens"));
    await Promise.all([near.drain(), far.drain()]);
    assert.deepEqual([here.received, there.received], [[], []]);
  },
};

/** What one end has received; opens it. */
class Inbox {
  readonly received: Envelope[] = [];
  readonly dropped: string[] = [];
  #wanted = Infinity;
  #resolve: () => void = () => {};

  constructor(transport: Transport) {
    transport.open({
      onEnvelope: (one) => {
        this.received.push(one);
        if (this.received.length >= this.#wanted) this.#resolve();
      },
      onDropped: (reason) => this.dropped.push(reason),
      onEnd: () => {},
    });
  }

  /** Resolves to the first `count` envelopes once they are there. */
  async take(count: number): Promise<Envelope[]> {
    if (this.received.length < count) {
      await new Promise<void>((resolve) => {
        this.#wanted = count;
        this.#resolve = resolve;
      });
    }
    return this.received.slice(0, count);
  }
}

function envelope(text: string): Envelope {
  return { src: "n1", dest: "n2", body: { type: "note", text } };
}

function answer(text: string): Envelope {
  return { ...envelope(text), src: "n2", dest: "n1" };
}

function bytesOf(envelope: Envelope): number {
  return JSON.stringify(envelope).length;
}
