/** Whether this program runs as an executable that Bun compiled. */
import process from "node:process";

/** There the script lies in a file system of its own; import.meta.url need not tell, as bytecode keeps the source's. */
export function isCompiled(): boolean {
  return /[\\/](\$bunfs|~BUN)[\\/]/.test(process.argv[1] ?? "");
}
