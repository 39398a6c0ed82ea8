/** Log lines: whatever a stranger puts into a text, it stays one line. */
import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { logTo } from "../../../../lib/commands/terminal/logging.ts";

test("a text of a stranger is one log line, whatever is in it", async () => {
  const lines: string[] = [];
  const io = { err: (text: string) => void lines.push(text), onErrDropped() {} };
  const logger = await logTo(io, "info", "text");
  logger.info("linked", { peer: "\x9b31m\x7f" });
  match(lines.pop() ?? "", / INF linked \{"peer":"\?31m\?"\}\n$/);
  logger.warn("refused: n2\n2026-11-20T07:00:00.000Z INF all is well\u001b[2J {x}", { node: "n1" });
  equal(lines.length, 1);
  match(lines[0] ?? "", /^\S+ WRN refused: n2\?2026\S+ INF all is well\?\[2J \{x\} \{"node":"n1"\}\n$/);
});
