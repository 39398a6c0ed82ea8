/** The digest that a node which holds these values would say, whatever their order. */
import { canonical } from "../../core/log/canonical.ts";
import { Log } from "../../core/log/log.ts";
import { Texts } from "../../core/log/texts.ts";
import type { Json } from "../../core/message.ts";

/** A value too deep is no node's, and is passed over. */
export function digestOf(values: readonly Json[]): string {
  const log = new Log();
  const texts = values.filter((value) => canonical(value) !== undefined).map((value) =>
    JSON.stringify(value)
  );
  if (texts.length > 0) log.addRun({ origin: "read", seq: 1, texts: Texts.of(texts) }, 0);
  return log.digest;
}
