/** The status of a serving node, as far as the examiner needs it. */
import type { Body } from "../../../core/message.ts";

export interface NodeStatus {
  readonly id: string;
  /** Grows from life to life. */
  readonly incarnation: number;
  readonly uptimeMs: number;
  /** It keeps its values in memory only, and loses them when it ends. */
  readonly inMemory: boolean;
  /** Of the set of values that it holds; nodes of an earlier version say none. */
  readonly digest: string | undefined;
  /** Messages between nodes since its start, by type, and bytes on the links. */
  readonly sent: ReadonlyMap<string, number>;
  readonly received: ReadonlyMap<string, number>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Undefined where the answer to `status` is none. */
export function readStatus(body: Body): NodeStatus | undefined {
  const { id, incarnation, uptime_ms: uptimeMs, storage } = body;
  const messages = fieldsOf(body["messages"]);
  const bytes = fieldsOf(body["bytes"]);
  const { sent: bytesSent, received: bytesReceived } = bytes;
  if (body.type !== "status_ok" || typeof id !== "string" || typeof storage !== "string") return undefined;
  if (!isCount(incarnation) || !isCount(uptimeMs)) return undefined;
  if (!isCount(bytesSent) || !isCount(bytesReceived)) return undefined;
  const [sent, received] = [countsOf(messages["sent"]), countsOf(messages["received"])];
  return {
    id,
    incarnation,
    uptimeMs,
    inMemory: storage === "memory",
    digest: typeof body["digest"] === "string" ? body["digest"] : undefined,
    sent,
    received,
    bytesSent,
    bytesReceived,
  };
}

function countsOf(value: unknown): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [type, count] of Object.entries(fieldsOf(value))) {
    if (isCount(count)) counts.set(type, count);
  }
  return counts;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
