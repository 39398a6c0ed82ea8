/** Why a value was late, in lines that a person can read. */
import { quoted } from "../../verdict/quote.ts";
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

export function sentenceOf({ cause, node, peer = "its client" }: Stretch): string {
  return cause === "network" && peer === "its client"
    ? `the client's request is on its way to ${node}`
    : sentences[cause](node, peer);
}

/** `nodes`: how many there are. */
export function linesOf(why: Why, nodes: number): string[] {
  const { told, last, missing, stretches, parts, inferred, traced } = why;
  const steps = [
    lineOf(told.at, undefined, `a client tells it to ${told.node}`),
    ...stretches.map((stretch) => lineOf(stretch.from, stretch.to - stretch.from, sentenceOf(stretch))),
    lineOf(last.at, undefined, `${last.node} has it${missing.length > 0 ? "" : ", and so have all"}`),
  ];
  const sum = parts.map(({ cause, ms }) => `${seconds(ms)} s ${causes[cause]}`);
  return [
    headline(why, nodes),
    "",
    `${"at s".padStart(9)}  ${"for s".padStart(7)}`,
    ...steps,
    "",
    `where the time went: ${sum.join(" · ") || "it took none"}`,
    ...traced ? [] : ["The nodes said nothing of their decisions: only the network and cuts have a name."],
    ...inferred ? ["The way is inferred from the messages that carry the value."] : [],
  ];
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

function lineOf(at: number, ms: number | undefined, text: string): string {
  return `${seconds(at).padStart(9)}  ${(ms === undefined ? "" : seconds(ms)).padStart(7)}  ${text}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
