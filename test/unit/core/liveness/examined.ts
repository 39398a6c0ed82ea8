/** The overlay of one node, and what was to be done by what it returned. */
import { allBut, type Mechanism } from "../../../../lib/core/mechanisms.ts";
import { type Outcome, Overlay } from "../../../../lib/core/liveness/overlay.ts";
import { composeLinks } from "../../../../lib/core/replication/compose.ts";
import type { Probe } from "../../../../lib/core/liveness/prober.ts";
import { Peers } from "../../../../lib/core/replication/peers.ts";
import type { Progress } from "../../../../lib/core/replication/progress.ts";
import { Timing } from "../../../../lib/core/replication/round_trips/timing.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { Layout } from "../../../../lib/core/topology/layout.ts";
import { Members } from "../../../../lib/core/topology/members.ts";

/** What a node advertises. */
export type Told = readonly [node: string, suspected: readonly string[], heard: readonly string[]];

/** n0 … n9. With 3 relays n0 is the root, and n4 and n7 are below n1, n5 and n8 below n2, n6 and n9 below n3. */
export const members = new Members(Array.from({ length: 10 }, (_, i) => `n${i}`));

export class Examined {
  readonly overlay: Overlay;
  /** As "probe n1", in order. */
  readonly asked: string[] = [];
  /** Those that must be told of changes of the tree, in order. */
  readonly notified: string[] = [];
  readonly #peers: Peers;

  constructor(me: string, relays: number, ...without: Mechanism[]) {
    this.#peers = new Peers(me, members);
    this.overlay = new Overlay({
      me: members.rankOf(me) ?? 0,
      incarnation: 1,
      members,
      layout: new Layout(members.size, relays),
      peers: this.#peers,
      timing: new Timing(undefined),
      random: seeded(1),
      on: allBut(without),
    });
  }

  peer(id: string): Progress {
    return this.#peers.at(members.rankOf(id) ?? 0);
  }

  hear(from: string, at: number, told: readonly Told[] = [], poll = false): void {
    const peer = this.peer(from);
    peer.hear({ incarnation: 1, seq: peer.flights.nextSeq, digest: [] }, 1, at);
    const links = told.map(([node, suspected, heard]): [string, number, number, string[], string[]] => [
      node,
      1,
      at + 1,
      [...suspected],
      [...heard],
    ]);
    this.#take(this.overlay.heard(peer, { links, poll }, at));
  }

  suspect(id: string, at: number): void {
    this.peer(id).expectNothing();
    this.#take(this.overlay.suspect(this.peer(id), at));
    this.#ask(this.overlay.search());
  }

  link(id: string): void {
    this.#ask(this.overlay.linked(this.peer(id)));
  }

  silence(id: string): void {
    this.#ask(this.overlay.silent(this.peer(id)));
  }

  wake(at: number): void {
    this.#ask(this.overlay.wake(at));
  }

  /** What it would tell one that knows nothing: each node, the peers it suspects, and those it hears. */
  get links(): [node: string, suspected: string[], heard: string[]][] {
    const { links } = composeLinks(this.overlay.linkState, members, 0);
    return links.map(([node, , , suspected, heard]) => [node, suspected, heard]);
  }

  #take({ notify, probes }: Outcome): void {
    this.notified.push(...[...notify].map(({ id }) => id));
    this.#ask(probes);
  }

  #ask(probes: readonly Probe[]): void {
    this.asked.push(...probes.map(({ kind, peer }) => `${kind} ${peer.id}`));
  }
}
