/** Nodes that only answer, as they are told, and an examination of them. */
import assert from "node:assert/strict";
import type { Body, Envelope } from "../../../../lib/core/message.ts";
import { Examination } from "../../../../lib/workbench/examination.ts";
import type { Results } from "../../../../lib/workbench/verdict/results.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import type { HostFactory, Scheduler } from "../../../../lib/workbench/world/world.ts";

interface Asked {
  readonly nth: number;
  readonly src: string;
  readonly now: number;
}

/** What a node answers to its nth request of a type (from 0), and after how many ms; undefined: nothing. */
export type Answer = (
  body: Body,
  asked: Asked,
) => { readonly body: Body; readonly afterMs?: number } | undefined;

export const ok: Answer = (body) => ({ body: { type: `${body.type}_ok`, messages: [] } });

/** Nodes that only answer. */
export function answering(scheduler: Scheduler, answer: Answer): HostFactory {
  return (id, events) => {
    const seen = new Map<string, number>();
    const receive = ({ src, body }: Envelope): void => {
      const nth = seen.get(body.type) ?? 0;
      seen.set(body.type, nth + 1);
      const reply = answer(body, { nth, src, now: scheduler.now() });
      if (reply === undefined) return;
      const envelope = { src: id, dest: src, body: { ...reply.body, in_reply_to: body.msg_id ?? 0 } };
      scheduler.at(scheduler.now() + (reply.afterMs ?? 0), () => events.sent(envelope));
    };
    const nothing = (): void => {};
    return { receive, start: nothing, kill: nothing, pause: nothing, resume: nothing, stop: nothing };
  };
}

export function examine(answer: Answer, changes: Partial<Settings> = {}, seesInside = true): Results {
  const settings: Settings = { ...defaults, nodeCount: 1, ...changes };
  const scheduler = new VirtualScheduler();
  const hosts = answering(scheduler, answer);
  let results: Results | undefined;
  new Examination({ settings, scheduler, hosts, seesInside }).start((found) => results = found);
  scheduler.run();
  assert.ok(results !== undefined);
  return results;
}
