/** One request to one address, on a connection of its own. */
import { decode, encode } from "../../core/codec.ts";
import type { Body } from "../../core/message.ts";
import type { Address } from "../../../transports/address.ts";
import { runtimeTimer } from "../../../transports/clock.ts";
import { shortened } from "../../../transports/shortened.ts";
import type { Tls } from "../../../transports/tcp/tls/tls.ts";
import { LineClient } from "../../../transports/tcp/line_client.ts";

/** A seed that does not answer by then is asked no further. */
export const ASK_MS_MAX = 2_000;

/** A reason is said of the address, which goes before it. */
export type Answer =
  | { readonly ok: true; readonly from: string; readonly body: Body }
  | { readonly ok: false; readonly reason: string };

/** The body may say from which of its addresses this machine asks. */
export type Question = (localHost: string | undefined) => Body;

/** Resolves to the first answer, be it an error, or to why there is none. Never rejects. */
export type Ask = (address: Address, question: Question, signal: AbortSignal) => Promise<Answer>;

/** Asks in plain text. */
export const ask: Ask = (address, question, signal) => askOver(undefined, address, question, signal);

/** Asks over TLS where there is `tls`. */
export function askOver(
  tls: Tls | undefined,
  ...[address, question, signal]: Parameters<Ask>
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const fail = (reason: string) => resolve({ ok: false, reason });
  const client = new LineClient(address, {
    onOpen() {
      client.write(
        encode({ src: "joiner", dest: "*", body: { ...question(client.localHost), msg_id: 1 } }),
      );
      client.read();
    },
    onLine(line) {
      const decoded = decode(line);
      if (!decoded.ok) return fail(`does not speak as a node does: ${shortened(decoded.reason)}`);
      const { src: from, body } = decoded.envelope;
      resolve({ ok: true, from, body });
    },
    onOverlong: (bytes) => fail(`sent a line of more than ${bytes} bytes`),
    onLost: fail,
  }, { tls });
  const giveUp = () => fail("is asked no further");
  signal.addEventListener("abort", giveUp);
  const cancel = runtimeTimer(ASK_MS_MAX, () => fail(`gives no answer within ${ASK_MS_MAX} ms`));
  return promise.finally(() => {
    cancel();
    signal.removeEventListener("abort", giveUp);
    client.close();
  });
}
