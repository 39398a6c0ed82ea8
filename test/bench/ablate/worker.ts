/** A process of the ablation: runs the scenes that it is told, one at a time. */
import { obey } from "../throughput/orders.ts";
import { type Order, run } from "./run.ts";

obey((order: Order) => Promise.resolve(run(order)));
