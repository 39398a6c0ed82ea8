/** `npm run pictures`: draws the picture of the README anew, from a run of the simulator. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { healedCut } from "./pictures/healed_cut.ts";

const file = fileURLToPath(new URL("healed_cut.svg", import.meta.url));
writeFileSync(file, healedCut().svg);
process.stdout.write(`${file}\n`);
