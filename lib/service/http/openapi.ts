/** The description of the HTTP port, made from the table of its routes: OpenAPI 3.1 [U1]. */
import { parameters } from "./parameters.ts";
import { PROBLEM_TYPE } from "./problem.ts";
import type { About, Route } from "./route.ts";

const string = { type: "string" } as const;

const EVERY_PROBLEM = [400, 401, 403, 429, 503];

/** As JSON. */
export function describe(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, method, open = false, about } of routes) {
    const spelled = path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[spelled] ??= {})[method.toLowerCase()] = operationOf(path, about, open);
  }
  return {
    openapi: "3.1.0",
    info: { title: "hearsay", version, description: "One node of a fault-tolerant broadcast cluster." },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        Problem: {
          type: "object",
          required: ["type", "title", "status", "detail"],
          properties: { type: string, title: string, status: { type: "integer" }, detail: string },
        },
      },
    },
    security: [{}, { token: [] }],
  };
}

function operationOf(
  path: string,
  { summary, takes = [], body, answers, problems = [] }: About,
  open: boolean,
) {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: string,
  }));
  const taken = Object.entries(parameters).filter(([name]) => takes.includes(name))
    .map(([name, parameter]) => ({ name, ...parameter }));
  const wrong = [...open ? [429, 503] : EVERY_PROBLEM, ...problems];
  return {
    summary,
    ...open && { security: [] },
    parameters: [...named, ...taken],
    ...body !== undefined && { requestBody: { required: true, content: contentOf(body) } },
    responses: {
      ...answers === undefined
        ? { 204: { description: "Done." } }
        : { 200: { description: summary, content: contentOf(answers) } },
      ...Object.fromEntries(wrong.map((status) => [status, {
        description: "What went wrong (RFC 9457).",
        content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
      }])),
    },
  };
}

function contentOf(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, {}]));
}
