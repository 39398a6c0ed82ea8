/** Whether a word names a program that can be run, as a shell would look for it. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** With a slash, a path from the working directory; without, a name in one of the folders of `path`. */
export function isProgram(bin: string, path: string): boolean {
  const places = bin.includes("/") ? [bin] : path.split(delimiter).map((folder) => join(folder, bin));
  return places.some(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
