/** Where a node is spoken to over HTTP, and which pages may ask there. */
import type { HttpSettings } from "../../service/http/settings.ts";
import { parsedText, repeated, tied } from "../flags/schemas.ts";
import { HTTP_RULE, parseAddress } from "./address.ts";
import { type Address, DEFAULT_HTTP_PORT } from "../../../transports/address.ts";

const ORIGIN_RULE = "a comma list of origins, as https://example.org, or *";

export const httpFlags = {
  "http": parsedText((given) => parseAddress(given, DEFAULT_HTTP_PORT), {
    value: "HOST[:PORT]",
    about: "where clients speak HTTP; /v1/openapi.json there says how (nowhere)",
    rule: HTTP_RULE,
  }),
  "http-origin": tied(
    repeated(parseOrigins, {
      value: "ORIGIN",
      about:
        "pages of this origin may ask over HTTP, as https://example.org, or * (those of the port itself)",
      rule: ORIGIN_RULE,
    }),
    { requires: { flag: "http" } },
  ),
};

interface HttpFlags {
  readonly http?: Address | undefined;
  readonly "http-origin"?: readonly string[] | undefined;
}

export function httpOf({ http, "http-origin": origins = [] }: HttpFlags): { readonly http?: HttpSettings } {
  return http === undefined ? {} : { http: { listen: http, origins } };
}

/** Undefined where one of them is no origin as browsers spell it. */
function parseOrigins(text: string): readonly string[] | undefined {
  const origins = text.split(",").map((origin) => origin.trim());
  return origins.every(isOrigin) ? origins : undefined;
}

function isOrigin(text: string): boolean {
  return text === "*" || (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text);
}
