/** One request to one place over TCP, one answer: connects, writes a line, reads a line, closes. */
import { connect } from "node:net";
import { LineReader } from "../../../../transports/lines.ts";
import { resetIfToItself } from "../../../../transports/tcp/to_itself.ts";
import { decode, encode } from "../../../core/codec.ts";
import type { Body } from "../../../core/message.ts";
import { type Address, addressText } from "../../../../transports/address.ts";

/** How long a connection and an answer may take together, ms. */
export const ASK_MS_MAX = 5_000;

export type Answer =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly reason: string };

/** An error body is a failure with its text. Never rejects. */
export function ask(address: Address, body: Body, withinMs: number = ASK_MS_MAX): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(address.port, address.host);
    const done = (answer: Answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const fail = (why: string) => done({ ok: false, reason: `${addressText(address)} ${why}` });
    const timer = setTimeout(() => fail(`does not answer within ${withinMs} ms`), withinMs);
    const reader = new LineReader({
      onLine: (line) => done(answerOf(line, address)),
      onOverlong: () => fail("answers with a line that is too long"),
    });
    socket.on("connect", () => {
      if (resetIfToItself(socket)) fail("does not answer: nothing listens there");
      else socket.write(encode({ src: "examiner", dest: "*", body }) + "\n");
    });
    socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
    socket.on("error", (error) => fail(`does not answer: ${error.message}`));
    socket.on("close", () => fail("hung up without an answer"));
  });
}

function answerOf(line: string, address: Address): Answer {
  const decoded = decode(line);
  if (!decoded.ok) {
    return { ok: false, reason: `${addressText(address)} answers nonsense: ${decoded.reason}` };
  }
  const { body } = decoded.envelope;
  if (body.type !== "error") return { ok: true, body };
  return { ok: false, reason: `${addressText(address)} refuses: ${String(body["text"])}` };
}
