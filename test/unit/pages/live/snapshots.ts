/** Snapshots of clusters, for tests of what the page makes of them. */
import type { Member, Snapshot, View } from "../../../../lib/service/live/snapshot.ts";

export function viewOf(given: Partial<View> = {}): View {
  return {
    ...{ version: "1", uptime_ms: 60_000, storage: "durable", values: 7, entries: 7, gone: 0, digest: "d7" },
    ...{ watchers: 0, memory_bytes: 1e8, messages: 100, bytes: 10_000, down: [] },
    ...given,
  };
}

/** One that is linked, below n1, and holds the same; n1 is the node whose page it is, and the root. */
export function memberOf(id: string, given: Partial<Member> = {}): Member {
  const isSelf = id === "n1";
  return {
    ...{ id, address: "", suspects: [], relay: isSelf ? null : "n1" },
    ...{ lag: isSelf ? null : 0, ahead: isSelf ? null : 0, rtt_ms: isSelf ? null : 2 },
    link: isSelf ? null : { up: true, for_ms: 50_000, reason: "" },
    said: isSelf ? null : { view: viewOf(), age_ms: 200, agrees: true, behind: 0 },
    ...given,
  };
}

/** One that says to whom its links are down. */
export function saying(id: string, down: readonly string[], given: Partial<Member> = {}): Member {
  return memberOf(id, { said: { view: viewOf({ down }), age_ms: 200, agrees: true, behind: 0 }, ...given });
}

/** Its link is down, and nobody knows a way. */
export function outOfReach(id: string, forMs: number): Member {
  const { relay: _relay, ...member } = memberOf(id, {
    link: { up: false, for_ms: forMs, reason: "silent" },
  });
  return member;
}

export function snapshotOf(members: readonly Member[], given: Partial<Snapshot> = {}): Snapshot {
  return { id: "n1", cluster: "test", view: viewOf(), whole: true, members, newest: [], ...given };
}
