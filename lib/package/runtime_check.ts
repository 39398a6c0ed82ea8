/** Whoever imports the package under a runtime that it is not for is told so: each entry for Node begins with this. */
import process from "node:process";
import { runtimeFault } from "../commands/terminal/runtime.ts";

const fault = runtimeFault(process.versions);
if (fault !== undefined) throw new Error(fault);
