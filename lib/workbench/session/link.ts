/** The part of a link after its "#" that holds a story. Whoever made it: every field is checked and limited. */
import { parseScript } from "../script/parse_script.ts";
import { endOf, printScript, type Script } from "../script/script.ts";
import { latencyDists, nodeIds, protocolNames, topologyNames } from "../settings.ts";
import * as limits from "./story.ts";
import { emptyStory, type Story } from "./story.ts";

/** Of a link that is read; a longer one is refused unread. */
export const LINK_CHARS_MAX = 200_000;
/** Of what was given, in a mistake. */
const QUOTED_CHARS_MAX = 40;

type ParsedLink =
  | { readonly ok: true; readonly story: Story }
  /** Each a sentence. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Without the "#"; what is as in an empty story is left out. */
export function printLink(story: Story): string {
  const fields = {
    "seed": story.seed,
    "node-count": story.nodeCount,
    "protocol": story.protocol,
    "topology": story.topology,
    "latency": story.latencyMs,
    "latency-dist": story.latencyDist,
    "rate": story.rate,
    "until": story.untilMs,
    "script": printScript(story.script),
  };
  const usual: Partial<Record<string, unknown>> = { ...usualFields, "script": "" };
  const given = Object.entries(fields).filter(([name, value]) => value !== usual[name]);
  return given.map(([name, value]) => `${name}=${encoded(String(value))}`).join("&");
}

/** With or without the "#". */
export function parseLink(hash: string): ParsedLink {
  if (hash.length > LINK_CHARS_MAX) {
    return { ok: false, mistakes: [`The link is longer than ${LINK_CHARS_MAX} characters.`] };
  }
  const fields = new Fields(hash.replace(/^#/, ""));
  const nodeCount = fields.whole("node-count", 1, limits.NODES_MAX, emptyStory.nodeCount);
  const script = fields.script(nodeCount);
  const untilMs = fields.whole("until", 0, limits.UNTIL_MS_MAX, 0);
  const story: Story = {
    seed: fields.whole("seed", 0, limits.SEED_MAX, emptyStory.seed),
    nodeCount,
    protocol: fields.choice("protocol", protocolNames, emptyStory.protocol),
    topology: fields.choice("topology", topologyNames, emptyStory.topology),
    latencyMs: fields.decimal("latency", 0, limits.LATENCY_MS_MAX, emptyStory.latencyMs),
    latencyDist: fields.choice("latency-dist", latencyDists, emptyStory.latencyDist),
    rate: fields.decimal("rate", 0, limits.RATE_MAX, emptyStory.rate),
    untilMs: Math.max(untilMs, Math.ceil(endOf(script))),
    script,
  };
  const mistakes = fields.mistakes();
  return mistakes.length === 0 ? { ok: true, story } : { ok: false, mistakes };
}

const usualFields = {
  "seed": emptyStory.seed,
  "node-count": emptyStory.nodeCount,
  "protocol": emptyStory.protocol,
  "topology": emptyStory.topology,
  "latency": emptyStory.latencyMs,
  "latency-dist": emptyStory.latencyDist,
  "rate": emptyStory.rate,
  "until": emptyStory.untilMs,
} as const;

/** Each that is read is crossed off; what is left then is unknown. */
class Fields {
  readonly #given: URLSearchParams;
  readonly #read = new Set<string>();
  readonly #mistakes: string[] = [];

  constructor(text: string) {
    this.#given = new URLSearchParams(text);
  }

  whole(name: string, least: number, most: number, usual: number): number {
    return this.#number(name, /^\d+$/, [least, most], usual, "a whole number");
  }

  decimal(name: string, least: number, most: number, usual: number): number {
    return this.#number(name, /^\d+(\.\d+)?$/, [least, most], usual, "a number");
  }

  choice<const T extends string>(name: string, choices: readonly T[], usual: T): T {
    const given = this.#take(name);
    const found = choices.find((choice) => choice === given);
    if (found === undefined && given !== undefined) this.#refuse(name, given, `one of ${choices.join(", ")}`);
    return found ?? usual;
  }

  script(nodeCount: number): Script {
    const parsed = parseScript(this.#take("script") ?? "", nodeIds(nodeCount));
    if (!parsed.ok) {
      const { action, rule, text } = parsed.mistake;
      this.#mistakes.push(`In the script, action ${action} (${shortened(text)}): ${rule}.`);
      return [];
    }
    if (endOf(parsed.script) <= limits.UNTIL_MS_MAX) return parsed.script;
    this.#mistakes.push(`In the script, no action may be later than ${limits.UNTIL_MS_MAX} ms.`);
    return [];
  }

  mistakes(): readonly string[] {
    const unknown = [...new Set(this.#given.keys())].filter((name) => !this.#read.has(name));
    return [...this.#mistakes, ...unknown.map((name) => `The link has an unknown field ${shortened(name)}.`)];
  }

  #number(
    name: string,
    form: RegExp,
    [least, most]: readonly [number, number],
    usual: number,
    kind: string,
  ): number {
    const given = this.#take(name);
    if (given === undefined) return usual;
    const value = form.test(given) ? Number(given) : NaN;
    if (value >= least && value <= most) return value;
    this.#refuse(name, given, `${kind} from ${least} to ${most}`);
    return usual;
  }

  #take(name: string): string | undefined {
    this.#read.add(name);
    return this.#given.get(name) ?? undefined;
  }

  #refuse(name: string, given: string, rule: string): void {
    this.#mistakes.push(`In the link, ${name} must be ${rule}, and is ${shortened(given)}.`);
  }
}

/** What addresses can hold as it is stays readable. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+").replaceAll(/%(3B|2C|3A|2F)/g, decodeURIComponent);
}

function shortened(text: string): string {
  return JSON.stringify(text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX - 1)}…` : text);
}
