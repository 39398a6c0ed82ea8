/** What clients have asked, and what came of it. */
import {
  type Body,
  FORBIDDEN,
  KEY_DOES_NOT_EXIST,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  PRECONDITION_FAILED,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/message.ts";
import { OTHER, Tally } from "../../../transports/tcp/tally.ts";

/** What a client may ask. */
const TYPES: readonly string[] = [
  ...["broadcast", "delete", "get", "read", "watch", "unwatch", "status", "metrics", "hello", "echo"],
  ...["topology", "reach", "join", "leave", "remove", "members", "init"],
];

const OUTCOMES: ReadonlyMap<unknown, string> = new Map([
  [NOT_SUPPORTED, "unsupported"],
  [TEMPORARILY_UNAVAILABLE, "unavailable"],
  [MALFORMED_REQUEST, "malformed"],
  [KEY_DOES_NOT_EXIST, "missing"],
  [FORBIDDEN, "forbidden"],
  [PRECONDITION_FAILED, "conflict"],
]);

export class RequestCounts {
  /** By the type of the answer. */
  readonly #answered = new Tally(TYPES.map((type) => `${type}_ok`));
  /** By outcome. */
  readonly #failed = new Map<string, Tally>();

  /** So many requests of this type are answered. What a watcher is told later is passed over. */
  answered(requestType: string, { type, code }: Body, count = 1): void {
    if (type === "error") this.#fail(requestType, OUTCOMES.get(code) ?? "error");
    else this.#answered.add(type, count);
  }

  /** A request wants no answer. */
  unanswered(type: string): void {
    this.#fail(type, "unanswered");
  }

  /** Those that there were. */
  get counts(): readonly (readonly [count: number, type: string, outcome: string])[] {
    const answered = this.#answered.counts.filter(([type, count]) => type !== OTHER && count > 0)
      .map(([type, count]) => [count, type.slice(0, -"_ok".length), "ok"] as const);
    const failed = [...this.#failed].flatMap(([outcome, tally]) =>
      Object.entries(tally.seen).map(([type, count]) => [count, type, outcome] as const)
    );
    return [...answered, ...failed];
  }

  #fail(type: string, outcome: string): void {
    const tally = this.#failed.get(outcome) ?? new Tally(TYPES);
    this.#failed.set(outcome, tally);
    tally.add(type);
  }
}
