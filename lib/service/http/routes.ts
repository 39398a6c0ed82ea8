/** Every route of the HTTP port: one table, which requests are matched against and the description is made from [U1]. */
import { NDJSON_TYPE, SSE_TYPE } from "./exchange.ts";
import { readValues, watchValues } from "./handlers/follow.ts";
import { lookOn, showPage } from "./handlers/live.ts";
import { getStatus, live, ready } from "./handlers/health.ts";
import { getMetrics } from "./handlers/metrics.ts";
import { deleteKey, getKey, putKey } from "./handlers/keyed.ts";
import { describe } from "./openapi.ts";
import { publish } from "./handlers/publish.ts";
import type { Method, Route } from "./route.ts";

const TEXT = ["text/plain"];
const JSON_ = ["application/json"];
const KEY_PATH = "/v1/topics/:topic/keys/:key";

export const routes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/values",
    handle: publish,
    about: {
      summary: "Broadcasts one value, each of an array, or each line; answers once all are safe.",
      takes: ["topic", "key", "id", "Idempotency-Key"],
      body: [...JSON_, NDJSON_TYPE],
      answers: JSON_,
      problems: [413, 415, 504],
    },
  },
  {
    method: "GET",
    path: "/v1/values",
    handle: readValues,
    about: {
      summary:
        "Every entry that the node holds, one JSON object a line; or as events, and one more at the end.",
      takes: ["topic", "topics", "latest", "position", "Last-Event-ID"],
      answers: [NDJSON_TYPE, SSE_TYPE],
    },
  },
  {
    method: "GET",
    path: "/v1/watch",
    handle: watchValues,
    about: {
      summary:
        "Every entry that a position lacks, as it arrives; the id of an event is the position behind it.",
      takes: ["topic", "topics", "latest", "position", "awaits", "Last-Event-ID"],
      answers: [SSE_TYPE, NDJSON_TYPE],
      problems: [406],
    },
  },
  {
    method: "GET",
    path: KEY_PATH,
    handle: getKey,
    about: { summary: "The latest value under a key.", answers: JSON_, problems: [404, 504] },
  },
  {
    method: "PUT",
    path: KEY_PATH,
    handle: putKey,
    about: {
      summary: "Puts a value under a key; answers once it is safe.",
      takes: ["id", "Idempotency-Key"],
      body: JSON_,
      problems: [413, 415, 504],
    },
  },
  {
    method: "DELETE",
    path: KEY_PATH,
    handle: deleteKey,
    about: { summary: "Deletes what is under a key.", takes: ["id", "Idempotency-Key"], problems: [504] },
  },
  {
    method: "GET",
    path: "/v1/status",
    handle: getStatus,
    about: { summary: "What the node knows of itself and its peers.", answers: JSON_, problems: [504] },
  },
  {
    method: "GET",
    path: "/metrics",
    handle: getMetrics,
    about: { summary: "Metrics in the text format of Prometheus.", answers: TEXT, problems: [504] },
  },
  {
    method: "GET",
    path: "/v1/live",
    handle: lookOn,
    about: {
      summary: "The cluster as the node knows it, once a second and whenever something happens.",
      answers: [SSE_TYPE],
      problems: [504],
    },
  },
  {
    method: "GET",
    path: "/",
    open: true,
    handle: showPage,
    about: { summary: "A page that shows /v1/live to people.", answers: ["text/html"], problems: [404] },
  },
  {
    method: "GET",
    path: "/v1/openapi.json",
    open: true,
    handle: (exchange, { version }) => exchange.sendJson(describe(routes, version)),
    about: { summary: "This description.", answers: JSON_ },
  },
  {
    method: "GET",
    path: "/livez",
    open: true,
    handle: live,
    about: { summary: "Whether the process answers.", answers: TEXT },
  },
  {
    method: "GET",
    path: "/readyz",
    open: true,
    handle: ready,
    about: {
      summary: "Whether the node is a member and has caught up with every peer it reaches.",
      answers: TEXT,
    },
  },
];

/** What a path asks for: the route, or the methods that the path has. */
export type Match =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly methods: readonly Method[] };

const patterns = routes.map((route) => ({ route, parts: route.path.split("/") }));

/** `path` as it is in a request, with its escapes. */
export function match(method: string, path: string): Match {
  const parts = path.split("/");
  const methods: Method[] = [];
  for (const { route, parts: pattern } of patterns) {
    const params = paramsIn(pattern, parts);
    if (params === undefined) continue;
    // Those that are open are short, so that a head alone can be had of them.
    if (route.method === method || (route.open && method === "HEAD")) return { route, params };
    methods.push(route.method);
  }
  return { methods };
}

function paramsIn(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const wanted = pattern[i] ?? "";
    const value = wanted.startsWith(":") ? decoded(part) : part;
    if (value === undefined || (!wanted.startsWith(":") && value !== wanted)) return undefined;
    if (wanted.startsWith(":")) params[wanted.slice(1)] = value;
  }
  return params;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
