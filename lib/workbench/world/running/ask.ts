/** One request to one place over TCP, one answer: connects, writes a line, reads a line, and closes, unless more is asked. */
import { type Address, addressText } from "../../../../transports/address.ts";
import { quoted } from "../../verdict/quote.ts";
import { LineClient, type Tls } from "../../../../transports/tcp/line_client.ts";
import { decode, encode } from "../../../core/codec.ts";
import { type Body, NOT_SUPPORTED } from "../../../core/message.ts";

/** How long a connection and an answer may take together, ms. */
export const ASK_MS_MAX = 5_000;

export type Answer =
  | { readonly ok: true; readonly body: Body }
  /** `code`: of the error that was answered, where one was. */
  | { readonly ok: false; readonly reason: string; readonly code?: number };

export interface AskOptions {
  readonly withinMs?: number;
  /** Says what to ask in turn after an answer; where it says nothing, that is the answer. */
  readonly next?: (answer: Body) => Body | undefined;
  /** Absent: without TLS. */
  readonly tls?: Tls | undefined;
  /** Said first; a node that knows of none serves everybody. */
  readonly token?: string | undefined;
}

/** An error body is a failure with its text. Never rejects. */
export function ask(
  address: Address,
  body: Body,
  { withinMs = ASK_MS_MAX, next = () => undefined, tls, token }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const done = (answer: Answer) => {
      clearTimeout(timer);
      line.close();
      resolve(answer);
    };
    const fail = (why: string) => done({ ok: false, reason: `${addressText(address)} ${why}` });
    let isOfHello = token !== undefined;
    const say = (body: Body) => void line.write(encode({ src: "examiner", dest: "*", body }));
    const timer = setTimeout(() => fail(`does not answer within ${withinMs} ms`), withinMs);
    const line = new LineClient(address, {
      onOpen: () => {
        if (token !== undefined) say({ type: "hello", token });
        say(body);
      },
      onLine: (text) => {
        const answer = answerOf(text, address);
        if (isOfHello) {
          isOfHello = false;
          if (answer.ok || answer.code === NOT_SUPPORTED) return;
        }
        const more = answer.ok ? next(answer.body) : undefined;
        if (more === undefined) done(answer);
        else say(more);
      },
      onOverlong: () => fail("answers with a line that is too long"),
      onLost: fail,
    }, { tls });
    line.read();
  });
}

function answerOf(line: string, address: Address): Answer {
  const decoded = decode(line);
  if (!decoded.ok) {
    return { ok: false, reason: `${addressText(address)} answers nonsense: ${quoted(decoded.reason)}` };
  }
  const { body } = decoded.envelope;
  if (body.type !== "error") return { ok: true, body };
  const { code, text } = body;
  const reason = `${addressText(address)} refuses: ${quoted(String(text))}`;
  return { ok: false, reason, ...typeof code === "number" && { code } };
}
