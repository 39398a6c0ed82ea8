/** Sidecars that have no iptables: one for each of three nodes, and a record of what each was asked. */
import type { Body } from "../../../../lib/core/message.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { Sidecar } from "../../../../lib/workbench/faults/sidecar.ts";
import { SidecarServer } from "../../../../lib/workbench/faults/sidecar_server.ts";
import type { Address } from "../../../../transports/address.ts";

export const nodes = ["n1", "n2", "n3"];
export const addresses = new Map(nodes.map((id, i) => [id, `10.0.0.${i + 1}`]));

/** Of all of them. */
export const secret = "a secret of enough characters";

export interface Fake {
  readonly requests: Body[];
  readonly places: Map<string, Address>;
  /** What each answers; by default what a real sidecar does. */
  readonly answers: Map<string, (body: Body) => Body>;
}

export async function withSidecars(use: (fake: Fake) => Promise<void>): Promise<void> {
  const fake: Fake = { requests: [], places: new Map(), answers: new Map() };
  const servers = await Promise.all(nodes.map(async (id) => {
    const options = { within: [...addresses.values()], scheduler: new VirtualScheduler(), report: () => {} };
    const sidecar = new Sidecar({ ...options, run: () => Promise.resolve({ ok: true, out: "" }) });
    const answer = (body: Body) => {
      fake.requests.push({ ...body, id });
      const own = fake.answers.get(id);
      return own === undefined ? sidecar.answer(body) : Promise.resolve(own(body));
    };
    const server = await SidecarServer.open({ listen: { host: "127.0.0.1", port: 0 }, answer, secret });
    fake.places.set(id, { host: "127.0.0.1", port: server.port });
    return server;
  }));
  try {
    await use(fake);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
