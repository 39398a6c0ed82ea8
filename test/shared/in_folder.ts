/** A temporary folder for one test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder is deleted afterwards. */
export async function inFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
