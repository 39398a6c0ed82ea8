/** A process of the soak: runs the seeds that it is given, one at a time. */
import process from "node:process";
import { obey } from "../../bench/throughput/orders.ts";
import { runSeed } from "./run.ts";

// Ctrl-C goes to every process of a terminal; the one that gave the orders ends this one.
process.on("SIGINT", () => {});
process.stdin.on("end", () => process.exit());
obey((seed: number) => Promise.resolve(runSeed(seed)));
