/** `bun test/bench/why.ts [SEEDS]`: where the time of all values went, over the seeds of three rows. */
import process from "node:process";
import type { Cause } from "../../lib/workbench/report/why/causes.ts";
import { accountOf } from "../sim/why/accounts.ts";

const seeds = Number(process.argv[2] ?? 20);

for (const title of ["3c", "3d", "3d + partition"]) {
  const accounts = Array.from({ length: seeds }, (_, i) => accountOf(title, i + 1));
  const ms = accounts.reduce((sum, account) => sum + account.ms, 0);
  const sums = new Map<Cause, number>();
  for (const { byCause } of accounts) {
    for (const [cause, each] of byCause) sums.set(cause, (sums.get(cause) ?? 0) + each);
  }
  const shares = [...sums].toSorted((a, b) => b[1] - a[1])
    .map(([cause, sum]) => `${cause} ${(100 * sum / ms).toFixed(2)} %`);
  const values = accounts.reduce((sum, account) => sum + account.values, 0);
  const errorMs = Math.max(...accounts.map((account) => account.errorMs));
  const offMs = Math.max(...accounts.map((account) => account.offMs));
  const named = Math.min(...accounts.map((each) => 1 - (each.byCause.get("unknown") ?? 0) / each.ms));
  console.log(
    `${title}, ${seeds} seeds: ${values} values, parts off by ${
      errorMs.toFixed(6)
    } ms at most, quantiles off by ` +
      `${offMs.toFixed(2)} ms from the examiner's, named ${(100 * named).toFixed(3)} % in the worst seed`,
  );
  console.log(`  ${shares.join(" · ")}`);
}
