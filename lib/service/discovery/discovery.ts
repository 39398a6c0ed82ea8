/** How a node comes to be a member: by seeds, by founding a cluster, or by its log; and how it keeps all members in sight. */
import { jittered } from "../../core/backoff.ts";
import type { NodeStatus } from "../../core/events.ts";
import { knownCluster } from "../../core/membership/membership.ts";
import type { WireMember } from "../../core/membership/record.ts";
import type { Body } from "../../core/message.ts";
import type { Random } from "../../core/random.ts";
import type { Store } from "../../store/store.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { runtimeTimer } from "../../../transports/clock.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";
import type { LinkStatus } from "../../../transports/tcp/tcp.ts";
import type { Logger } from "../logger.ts";
import { ThrottledReport } from "../throttled_report.ts";
import { type Ask, askOver } from "./ask.ts";
import type { Found } from "./found.ts";
import { Joiner } from "./joiner.ts";
import type { Names } from "./names.ts";
import { reachableAt } from "./reachable.ts";
import { Seeker } from "./seeker.ts";
import type { Seed } from "./seeds.ts";

/** While a member is out of reach, or no other is known, the seeds are asked this often. */
export const SEEK_MS = 5_000;
/** Why a node still waits is said again after this, ms; where the reason is another one, after a tenth of it. */
export const WAITS_SAID_EVERY_MS = 60_000;

/** So often it is said that a member does not take this node, or this node another one, ms. */
export const REFUSED_SAID_EVERY_MS = 10_000;

/** What a node is told of how members are found. */
export interface DiscoverySettings {
  /** Empty for one that founds a cluster, or whose log knows one. */
  readonly seeds: readonly Seed[];
  readonly names: Names;
  /** It founds a cluster if nobody answers within `bootstrapMs`, by default BOOTSTRAP_MS. */
  readonly bootstrap: boolean;
  readonly bootstrapMs?: number | undefined;
  /** Where others reach it; by default where it listens. */
  readonly advertise?: Address | undefined;
  readonly seekMs?: number | undefined;
  /** Seeds are asked over TLS. */
  readonly tls?: Tls | undefined;
}

export interface DiscoveryOptions extends DiscoverySettings {
  readonly id: string;
  /** The name of the cluster. */
  readonly cluster: string;
  readonly store: Pick<Store, "incarnation" | "notes">;
  readonly random: Random;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Makes a member of the node; `how`: how it came about, for people. */
  readonly onMember: (init: Body, how: string) => void;
  /** Others say so of members. */
  readonly onTold: (members: readonly WireMember[]) => void;
  readonly status: () => Pick<NodeStatus, "clusterId" | "members">;
  readonly links: () => readonly LinkStatus[];
}

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #seeker: Seeker | undefined;
  readonly #refused: ThrottledReport;
  #joiner: Joiner | undefined;
  #waits: string | undefined = "it does not listen yet";
  #said = { why: "", at: -Infinity };
  #listens: Address = { host: "127.0.0.1", port: 0 };
  #cancel = () => {};
  #stopped = false;

  constructor(options: DiscoveryOptions) {
    const { id, seeds, names, random, logger, tls } = options;
    this.#options = options;
    this.#refused = new ThrottledReport(
      REFUSED_SAID_EVERY_MS,
      (text, unsaid) => logger.warn(`refused: ${text}`, { node: id, unsaid }),
    );
    const ask: Ask = (...asked) => askOver(tls, ...asked);
    this.#seeker = seeds.length === 0 ? undefined : new Seeker({ id, seeds, names, ask, random });
  }

  /** Why this node is no member yet; undefined once it is one. */
  get waits(): string | undefined {
    return this.#waits;
  }

  /** `listens`: with the port that the system has given, if it was asked for any. */
  begin(listens: Address): void {
    const { id, bootstrap, bootstrapMs, random, clock, store: { incarnation } } = this.#options;
    this.#listens = listens;
    const known = knownCluster(this.#options.store.notes());
    if (known !== undefined) return this.#become({}, "is a member by what its log says");
    this.#waits = "it has asked nobody yet";
    this.#joiner = new Joiner({
      ...{ id, incarnation, bootstrap, bootstrapMs, random, clock },
      seeker: this.#seeker,
      question: (localHost) => this.#question({ incarnation, address: this.#address(localHost) }),
      onWaits: (why) => this.#sayWaits(why),
    });
    this.#joiner.run().then((outcome) => {
      if (outcome === "founds") this.#found();
      else if (outcome !== "stopped") this.#join(outcome);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#joiner?.stop();
    this.#seeker?.stop();
    this.#cancel();
  }

  #question(said: { readonly [field: string]: unknown }): Body {
    const { id, cluster } = this.#options;
    return { type: "join", id, cluster, ...said };
  }

  #address(localHost?: string): string {
    return addressText(reachableAt(this.#listens, this.#options.advertise, localHost));
  }

  #join({ clusterId, members }: Found): void {
    const own = members.find(([id]) => id === this.#options.id);
    const address = own?.[4] ?? this.#address();
    this.#become({ members, cluster_id: clusterId, address }, "has joined");
  }

  #found(): void {
    const { id, random, clock, store: { incarnation } } = this.#options;
    const digits = Array.from({ length: 16 }, () => Math.floor(random.next() * 16).toString(16));
    const own: WireMember = [id, incarnation, incarnation, 0, this.#address(), Math.floor(clock())];
    this.#become({ members: [own], cluster_id: digits.join("") }, "has founded a cluster");
  }

  #become(found: Readonly<Record<string, unknown>>, how: string): void {
    const { id, onMember } = this.#options;
    this.#waits = undefined;
    onMember({ type: "init", node_id: id, node_ids: [id], address: this.#address(), ...found }, how);
    this.#seekLater();
  }

  #sayWaits(why: string): void {
    const { logger, clock, id } = this.#options;
    this.#waits = why;
    const everyMs = why === this.#said.why ? WAITS_SAID_EVERY_MS : WAITS_SAID_EVERY_MS / 10;
    if (clock() - this.#said.at < everyMs) return;
    this.#said = { why, at: clock() };
    logger.warn(`${id} waits for a seed: ${why}`, { node: id });
  }

  // Members that are out of reach may be somewhere else by now, and so may this one, for them.

  #seekLater(): void {
    const { random, seekMs = SEEK_MS } = this.#options;
    if (this.#seeker === undefined || this.#stopped) return;
    this.#cancel = runtimeTimer(jittered(random, seekMs), () => this.#seek().then(() => this.#seekLater()));
  }

  async #seek(): Promise<void> {
    const { id, status, links, onTold, logger, clock, store: { incarnation } } = this.#options;
    const { clusterId, members } = status();
    const own = [...members].find((member) => member.id === id);
    const peers = links();
    if (own?.status !== "joined") return;
    // A log from when its node was alone does not know who has joined since.
    if (peers.length > 0 && peers.every(({ connected }) => connected)) return;
    const near = peers.flatMap(({ connected, address }) =>
      connected && address ? [addressText(address)] : []
    );
    const { incarnation: said, epoch, address } = own;
    const asked = {
      ...{ incarnation: said, address },
      ...epoch > 0 && { epoch },
      ...clusterId !== "" && { cluster_id: clusterId },
    };
    const round = await this.#seeker?.round({
      incarnation,
      question: () => this.#question(asked),
      skip: new Set([...near, address]),
      all: true,
    });
    for (const refusal of round?.refusals ?? []) this.#refused.note(refusal, clock());
    for (const fault of round?.faults ?? []) logger.debug(`seeks members: ${fault}`, { node: id });
    for (const found of round?.found ?? []) if (found.clusterId === clusterId) onTold(found.members);
  }
}
