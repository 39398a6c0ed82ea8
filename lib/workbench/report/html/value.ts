/** A value as it stands in texts and tables; scripts make it something to click on. */
import type { Json } from "../../../core/message.ts";
import { type Html, html, valueText } from "./markup.ts";

/** `place`: among the values of the run. */
export function valueOf(value: Json, place: number): Html {
  return html`<span class="value" data-value="${place}">${valueText(value)}</span>`;
}
