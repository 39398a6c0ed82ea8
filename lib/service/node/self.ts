/** What the node says of itself: its status, and what its page shows of it. */
import type { Body } from "../../core/message.ts";
import type { TcpTransport } from "../../../transports/tcp/tcp.ts";
import type { Expiry } from "../expiry.ts";
import type { HttpPort } from "../http/http_port.ts";
import type { LinkReports } from "../link_reports.ts";
import { ownView } from "../live/own_view.ts";
import type { ServiceOptions } from "../options.ts";
import { reachOf, readiness, type Status, statusOf } from "../status.ts";
import { processUsage } from "../usage.ts";
import type { Watches } from "../watches.ts";
import type { Running } from "./running.ts";
import type { Standing } from "./standing.ts";
import type { UnackedAge } from "./unacked_age.ts";

/** The parts of a service that know. */
export interface SelfOptions extends Pick<ServiceOptions, "id" | "cluster" | "version"> {
  readonly clock: () => number;
  readonly running: Running;
  readonly standing: Standing;
  readonly transport: Pick<TcpTransport, "links" | "traffic" | "clientCount" | "refusedCount">;
  readonly unackedAge: UnackedAge;
  readonly watches: Pick<Watches, "count">;
  readonly reports: Pick<LinkReports, "dropped">;
  readonly expiry: Expiry | undefined;
  readonly http: () => HttpPort | undefined;
}

export class Self {
  readonly #options: SelfOptions;
  readonly #startedAt: number;

  constructor(options: SelfOptions) {
    this.#options = options;
    this.#startedAt = options.clock();
  }

  get uptimeMs(): number {
    return this.#options.clock() - this.#startedAt;
  }

  get view() {
    const { version, running, watches, transport } = this.#options;
    const { sent, received } = transport.traffic;
    return ownView({
      version,
      uptimeMs: this.uptimeMs,
      storage: running.storage,
      node: running.node.status,
      watchers: watches.count,
      links: transport.links(),
      counts: [sent.seen, received.seen],
    });
  }

  /** The members that it reaches. */
  get reach(): Body {
    const { transport, standing } = this.#options;
    return reachOf(transport.links(), standing.waits);
  }

  get status(): Status {
    const { id, cluster, version, running, standing, transport, unackedAge, watches, reports, expiry, http } =
      this.#options;
    const { sent, received } = transport.traffic;
    return statusOf({
      head: {
        ...{ id, cluster, version, incarnation: running.incarnation },
        ...readiness(standing.waits),
        uptime_ms: Math.round(this.uptimeMs),
      },
      storage: running.storage,
      node: running.node.status,
      links: transport.links(),
      unackedAge,
      clients: transport.clientCount,
      clientsRefused: transport.refusedCount,
      tls: expiry?.status,
      watchers: watches.count,
      http: http()?.usage,
      dropped: reports.dropped,
      messages: { sent: sent.seen, received: received.seen },
      usage: processUsage(),
      now: this.#options.clock(),
    });
  }
}
