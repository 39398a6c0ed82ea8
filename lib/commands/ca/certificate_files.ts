/** The files of an authority: a certificate for everybody and its key for the owner alone, whole or not there at all. */
import { existsSync } from "node:fs";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileFault } from "../../../transports/errno.ts";
import { readText } from "../../../transports/read_text.ts";
import { PEM_BYTES_MAX } from "../../../transports/tcp/tls/tls.ts";
import { unwritten } from "../terminal/output_file.ts";

const OWNER_MODE = 0o600;
const EVERYBODY_MODE = 0o644;

/** Where the two files are, or what is in them. */
export interface Both {
  readonly certificate: string;
  readonly key: string;
}

export function pathsOf(dir: string, name: string): Both {
  return { certificate: join(dir, `${name}.pem`), key: join(dir, `${name}-key.pem`) };
}

/** What is there already, for a sentence. */
export function thoseThere({ certificate, key }: Both): string[] {
  return [certificate, key].filter(existsSync);
}

/** Rejects with a sentence. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritten(path, error);
  }
}

/** The texts of both files. Throws a sentence. */
export function readPair(paths: Both): Both {
  return { certificate: read(paths.certificate), key: read(paths.key) };
}

/** The key comes first: a certificate without its key would look as if all were there. Rejects with a sentence. */
export async function writePair(paths: Both, texts: Both, replace: boolean): Promise<void> {
  await write(paths.key, texts.key, OWNER_MODE, replace);
  await write(paths.certificate, texts.certificate, EVERYBODY_MODE, replace);
}

function read(path: string): string {
  try {
    return readText(path, PEM_BYTES_MAX);
  } catch (error) {
    const hint = "--dir names the directory of an authority, and 'hearsay ca init DIR' makes one";
    throw new Error(`Cannot read ${path}: ${fileFault(error)}; ${hint}`, { cause: error });
  }
}

async function write(path: string, text: string, mode: number, replace: boolean): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link does not replace what another process has made meanwhile; a renamed file does.
    await (replace ? rename(draft, path) : link(draft, path));
  } catch (error) {
    throw unwritten(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}
