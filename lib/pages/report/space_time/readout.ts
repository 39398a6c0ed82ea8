/** What is said of one message: who sent it to whom, when, and what it brought. */
import { drops } from "../../../workbench/report/columns/columns.ts";
import { type Html, html } from "../../../workbench/report/html/markup.ts";
import { bytes, count, duration, moment } from "../../../workbench/report/html/numbers.ts";
import type { Model } from "../model.ts";

/** Values that are named; the others are counted. */
const NAMED_MAX = 12;

const fates: Readonly<Record<typeof drops[number], string>> = {
  "": "",
  "partition": "a cut took it",
  "loss": "it was lost",
  "down": "its receiver was down",
  "overflow": "its receiver had too much waiting",
};

/** `drop`: a place in `drops`. */
export function whyGone(drop: number): string {
  return fates[drops[drop] ?? ""];
}

export function readoutOf(model: Model, message: number): Html {
  const { messages, columns } = model;
  const [sentAt, endedAt] = [messages.sentAt[message] ?? 0, messages.endedAt[message] ?? 0];
  const drop = messages.drop[message] ?? 0;
  const type = messages.type[message] ?? 0;
  const way = `${model.nodeName(messages.src[message] ?? 0)} → ${
    model.nodeName(messages.dest[message] ?? 0)
  }`;
  const end = drop === 0 ? `took ${duration(endedAt - sentAt)}` : whyGone(drop);
  return html`
    <b><i class="key t${Math.min(type, 7)}"></i> ${columns.types[type]}</b> ${way},
    sent at ${moment(sentAt)}, ${end}, ${bytes(messages.bytes[message] ?? 0)}; ${broughtOf(model, message)}
  `;
}

function broughtOf({ messages, columns }: Model, message: number): Html {
  const all = messages.brought[message] ?? 0;
  if (all === 0) return html`brought no value`;
  const named = [...messages.valuesOf(message).subarray(0, NAMED_MAX)].map((value) =>
    html`
      <span class="value" data-value="${value}">${columns.values.text[value]}</span>
    `
  );
  const more = all - named.length;
  const guess = columns.inferred[messages.type[message] ?? 0] === true && " (inferred)";
  return html`brought ${all === 1 ? "value" : `${count(all)} values:`} ${named}${
    more > 0 && `and ${count(more)} more`
  }${guess}`;
}
