/** A cluster over TLS: an authority in its folder, a certificate for each node, and one for the client that asks. */
import { type Cluster, makeCluster, type Serving, withNodes } from "../../fixtures/serving.ts";
import { issueFor, issueForClient, tlsFlagsOf } from "../../../shared/certificates.ts";
import { Tls } from "../../../../transports/tcp/tls/tls.ts";
import type { Program } from "../../../../lib/workbench/world/process.ts";

export interface SecuredOptions {
  readonly durable?: boolean;
  readonly programs?: ReadonlyMap<string, Program>;
}

export interface Secured {
  /** Of the authority, the nodes and the client: `ID.pem`, `ID.key`. */
  readonly dir: string;
  readonly client: Tls;
  /** The flags of a client's command. */
  readonly clientFlags: readonly string[];
}

const RIGHTS = ["publish:*", "watch:*", "admin"];

/** Starts the nodes, and ends them whatever happens. */
export async function withSecured(
  ids: readonly string[],
  use: (nodes: readonly Serving[], secured: Secured) => Promise<void>,
  options: SecuredOptions = {},
): Promise<void> {
  const plain = await makeCluster({ ids, ...options });
  const dir = plain.folder;
  const shown = issueForClient(dir, "tester", RIGHTS);
  const client = new Tls(shown);
  const cluster: Cluster = { ...plain, nodes: [...plain.nodes] };
  const nodes = plain.nodes.map(({ options }) => {
    return cluster.add({
      ...options,
      flags: [...options.flags ?? [], ...tlsFlagsOf(issueFor(dir, options.id))],
      tls: client,
    });
  });
  await withNodes({ ...plain, nodes }, async () => {
    await Promise.all(nodes.map((node) => node.start()));
    await use(nodes, { dir, client, clientFlags: tlsFlagsOf(shown) });
  });
}
