/** Every family of metrics that a node has, in the order in which they are written. */
import type { Family } from "../family.ts";
import { ofTheNode } from "./node.ts";
import { ofThePeers } from "./peers.ts";
import { ofTheProcess } from "./process.ts";
import { ofTheTraffic } from "./traffic.ts";

export const families: readonly Family[] = [...ofTheNode, ...ofThePeers, ...ofTheTraffic, ...ofTheProcess];
