/** All clients of the node as one: those over TCP, and those inside this process. */
import { type Acknowledgements, type Envelope, envelopesOf } from "../core/message.ts";
import type { TlsIdentity } from "../../transports/tcp/tls/identity.ts";
import type { TcpTransport } from "../../transports/tcp/tcp.ts";
import { LocalClients, type LocalEvents } from "./local_client.ts";

/** Each method is that of a TcpTransport, whose words say what it does. */
export class AllClients {
  readonly #transport: TcpTransport;
  readonly local: LocalClients;

  constructor(
    node: string,
    transport: TcpTransport,
    events: Pick<LocalEvents, "onEnvelope" | "onDrained" | "onGone">,
  ) {
    this.#transport = transport;
    this.local = new LocalClients(node, {
      ...events,
      onName: (name) => transport.shares.join(`of ${name}`),
      onLeave: (share) => transport.shares.leave(share),
    });
  }

  send(envelope: Envelope): void {
    if (this.local.owns(envelope.dest)) this.local.find(envelope.dest)?.answer(envelope);
    else this.#transport.send(envelope);
  }

  acknowledge(acknowledgements: Acknowledgements): void {
    if (!this.local.owns(acknowledgements.dest)) this.#transport.acknowledge(acknowledgements);
    else for (const envelope of envelopesOf(acknowledgements)) this.send(envelope);
  }

  heldBytes(client: string): number {
    const { local } = this;
    return local.owns(client) ? local.find(client)?.heldBytes ?? 0 : this.#transport.heldBytes(client);
  }

  identityOf(client: string): TlsIdentity | undefined {
    const { local } = this;
    return local.owns(client) ? local.find(client)?.identity : this.#transport.identityOf(client);
  }

  keepOpen(client: string, on: boolean): void {
    if (!this.local.owns(client)) this.#transport.keepOpen(client, on);
  }

  name(client: string, name: string): string | undefined {
    const { local } = this;
    return local.owns(client) ? local.find(client)?.name(name) : this.#transport.name(client, name);
  }

  hostOf(client: string): string {
    const { local } = this;
    return local.owns(client) ? local.find(client)?.host ?? "" : this.#transport.hostOf(client);
  }

  end(client: string, reason: string): void {
    if (this.local.owns(client)) this.local.find(client)?.close(reason);
    else this.#transport.end(client, reason);
  }
}
