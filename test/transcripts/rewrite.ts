/** Rewrites every transcript of this folder with what really follows from its commands. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { replayed } from "./transcript.ts";

const folder = new URL(".", import.meta.url);

for (const name of readdirSync(folder).filter((each) => each.endsWith(".txt"))) {
  const file = new URL(name, folder);
  const written = readFileSync(file, "utf8");
  const actual = replayed(written);
  if (actual !== written) writeFileSync(file, actual);
}
