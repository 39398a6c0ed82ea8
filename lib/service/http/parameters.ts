/** What requests may say beside their path and their body. */
import { Problem } from "./problem.ts";

const string = { type: "string" } as const;

export const parameters = {
  "topic": { in: "query", schema: string, description: "The topic; the default one where it is not given." },
  "key": { in: "query", schema: string, description: "The key under which the value is put." },
  "id": {
    in: "query",
    schema: string,
    description: "The id of the one value that the body is, be it an array; in place of an Idempotency-Key.",
  },
  "topics": {
    in: "query",
    schema: string,
    description: "Topics, or how their names begin and then *, separated by commas.",
  },
  "latest": { in: "query", schema: { type: "boolean" }, description: "Only the latest entry of each key." },
  "position": {
    in: "query",
    schema: string,
    description: "A position: only what it lacks. now: only what comes.",
  },
  "awaits": {
    in: "query",
    schema: string,
    description:
      "What the node must hold before it tells anything, if it comes soon; by default the position.",
  },
  "Last-Event-ID": {
    in: "header",
    schema: string,
    description: "A position, which counts before the query's.",
  },
  "Idempotency-Key": {
    in: "header",
    schema: string,
    description: "The id of the value; of several, the first has the id KEY.0, the next KEY.1, and so on.",
  },
} as const;

const inQuery = Object.entries(parameters).filter(([, each]) => each.in === "query").map(([name]) => name);

/**
 * A name that is misspelt would be a request for something else. `takes`: what the description of the route says, if
 * anything. Throws a Problem.
 */
export function checkQuery(query: URLSearchParams, takes: readonly string[] | undefined): void {
  const known = inQuery.filter((name) => takes?.includes(name));
  const other = [...query.keys()].find((name) => !known.includes(name));
  if (takes === undefined || other === undefined) return;
  throw new Problem(400, `the query takes ${known.join(", ")}, and no ${JSON.stringify(other)}`);
}

/** `?topics=a,b*` and `?topic=a`, which may come several times; undefined where no topic is named. */
export function topicsIn(query: URLSearchParams): readonly string[] | undefined {
  const named = [...query.getAll("topic"), ...query.getAll("topics").flatMap((list) => list.split(","))];
  return named.length === 0 ? undefined : named;
}
