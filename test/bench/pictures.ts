/** `npm run pictures`: draws the pictures of the READMEs anew, from runs of the simulator. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { firstSolution, firstSolutions } from "./pictures/first_solutions.ts";
import { healedCut } from "./pictures/healed_cut.ts";

draw("healed_cut", healedCut().svg);
for (const [name, picture] of Object.entries(firstSolutions)) draw(name, firstSolution(picture).svg);

function draw(name: string, svg: string): void {
  const file = fileURLToPath(new URL(`${name}.svg`, import.meta.url));
  writeFileSync(file, svg);
  process.stdout.write(`${file}\n`);
}
