/** Why a value was late, in lines that a person can read. */
import { quoted } from "../../verdict/quote.ts";
import type { Drop } from "../../world/traffic.ts";
import { type Cause, causes } from "./causes.ts";
import type { Stretch, Why } from "./why.ts";

/** What happens in a stretch: `node` has the value or the turn, `peer` is to get it. */
const sentences: Readonly<Record<Cause, (node: string, peer: string) => string>> = {
  "network": (node, peer) => `it is on its way from ${node} to ${peer}`,
  "linger": (node, peer) => `${node} waits for company on the way to ${peer}`,
  "window": (node, peer) => `${node} gathers for its next flush, which goes to ${peer}, too`,
  "pacing": (node, peer) => `${node} may not send ${peer} more yet, as enough is on its way there`,
  "silence": (node, peer) => `${node} has sent it to ${peer}, in vain, and does not know that yet`,
  "loss": (node, peer) => `a message of ${node} to ${peer} got lost, and nobody has noticed yet`,
  "back-off": (node, peer) => `${peer} owes ${node} an answer; ${node} waits until it tries again`,
  "probe": (node, peer) => `${node} takes others for lost and looks for a way to ${peer}`,
  "pull": (node, peer) => `${peer} sees that it lacks something, and asks ${node} for it`,
  "catch-up": (node, peer) => `${node} has found a way to ${peer}, and tells those on it`,
  "cut": (node, peer) => `a cut: no way leads from ${node}, or any other node that has it, to ${peer}`,
  "paused": (node) => `${node} is paused`,
  "down": (node) => `${node} is down`,
  "forgot": (node) => `${node} has it, and loses it later`,
  "stalled": (node) => `the process of ${node} gets no processor`,
  "unknown": (node, peer) => `${node} has it, and does not say why it does not go to ${peer}`,
};

/** So many messages that did not arrive are named. */
const VAIN_MAX = 12;

const drops: Readonly<Record<Drop, string>> = {
  partition: "a cut",
  loss: "it is lost",
  down: "the node is down",
  overflow: "too much waits there",
};

export function sentenceOf({ cause, node, peer = "its client" }: Stretch): string {
  return cause === "network" && peer === "its client"
    ? `the client's request is on its way to ${node}`
    : sentences[cause](node, peer);
}

/** `nodes`: how many there are. */
export function linesOf(why: Why, nodes: number): string[] {
  const { told, last, missing, stretches } = why;
  const steps = [
    lineOf(told.at, undefined, `a client tells it to ${told.node}`),
    ...stretches.map((stretch) => lineOf(stretch.from, stretch.to - stretch.from, sentenceOf(stretch))),
    lineOf(last.at, undefined, `${last.node} has it${missing.length > 0 ? "" : ", and so have all"}`),
    ...vainSteps(why).map(({ at, text }) => lineOf(at, undefined, text)),
  ];
  return [
    headline(why, nodes),
    "",
    `${"at s".padStart(9)}  ${"for s".padStart(7)}`,
    ...steps,
    "",
    `where the time went: ${sumOf(why)}`,
    ...reservations(why),
  ];
}

/** The same in sentences, one for each step. */
export function sentencesOf(why: Why): string[] {
  return [
    ...why.stretches.map((stretch) => {
      const { from, to } = stretch;
      return `At ${seconds(from)} s, for ${seconds(to - from)} s: ${sentenceOf(stretch)}.`;
    }),
    ...vainSteps(why).map(({ at, text }) =>
      at === undefined ? `And ${text}.` : `At ${seconds(at)} s: ${text}.`
    ),
    `Where the time went: ${sumOf(why)}.`,
    ...reservations(why),
  ];
}

function sumOf({ parts }: Why): string {
  const sum = parts.map(({ cause, ms }) => `${seconds(ms)} s ${causes[cause]}`);
  return sum.join(" · ") || "it took none";
}

/** What is not known. */
function reservations({ inferred, traced }: Why): string[] {
  return [
    ...traced ? [] : ["The nodes said nothing of their decisions: only the network and cuts have a name."],
    ...inferred ? ["The way is inferred from the messages that carry the value."] : [],
  ];
}

/** Of a value that some node lacks: the messages that did not bring it, each with its time. */
function vainSteps({ missing, vain }: Why): { readonly at?: number; readonly text: string }[] {
  const none = missing.filter((node) => !vain.some(({ to }) => to === node));
  const more = vain.length - VAIN_MAX;
  return [
    ...vain.slice(0, VAIN_MAX).map(({ from, to, sentAt, drop }) => ({
      at: sentAt,
      text: `${from} sends it to ${to}, where it does not arrive: ${drops[drop]}`,
    })),
    ...more > 0 ? [{ text: `${more} more messages that carried it did not arrive` }] : [],
    ...none.length > 0 ? [{ text: `no message carried it to ${none.join(", ")}` }] : [],
  ];
}

const tenThousandths = (ms: number) => Math.round(ms * 10_000) / 10_000;

/** The same for programs; ms since the load began, to a tenth of a microsecond. */
export function jsonOf({ value, told, last, ms, missing, stretches, parts, inferred, traced }: Why) {
  const moment = ({ node, at }: Why["told"]) => ({ node, "at-ms": tenThousandths(at) });
  return {
    value,
    ms: tenThousandths(ms),
    told: moment(told),
    last: moment(last),
    missing,
    parts: parts.map(({ cause, ms }) => ({ cause, ms: tenThousandths(ms) })),
    stretches: stretches.map((stretch) => ({
      "from-ms": tenThousandths(stretch.from),
      "to-ms": tenThousandths(stretch.to),
      cause: stretch.cause,
      node: stretch.node,
      ...stretch.peer !== undefined && { peer: stretch.peer },
      says: sentenceOf(stretch),
    })),
    inferred,
    traced,
  };
}

function headline({ value, told, last, ms, missing }: Why, nodes: number): string {
  const start = `value ${quoted(JSON.stringify(value))}, told to ${told.node} at ${seconds(told.at)} s, `;
  if (missing.length === 0) {
    return `${start}was on all ${nodes} nodes ${seconds(ms)} s later; the last was ${last.node}`;
  }
  return `${start}is not on ${missing.join(", ")}; the last to get it was ${last.node}, ${
    seconds(ms)
  } s later`;
}

function lineOf(at: number | undefined, ms: number | undefined, text: string): string {
  const moment = at === undefined ? "" : seconds(at);
  return `${moment.padStart(9)}  ${(ms === undefined ? "" : seconds(ms)).padStart(7)}  ${text}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
