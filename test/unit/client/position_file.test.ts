/** A position kept in a file: written whole, not too often, and refused where it is none. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { positionText } from "../../../lib/client/position.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import {
  loadPosition,
  POSITION_FILE_BYTES_MAX,
  PositionFile,
  SAVE_EVERY_MS,
} from "../../../lib/client/position_file.ts";
import { until } from "./fake_node.ts";
import { inFolder } from "../../shared/in_folder.ts";

function load(path: string): string {
  const loaded = loadPosition(path);
  if (!loaded.ok) return loaded.reason;
  return loaded.position === undefined ? "nothing" : positionText(loaded.position);
}

test("a position that was saved is loaded again, and nothing else is left behind", () =>
  inFolder((folder) => {
    const path = join(folder, "position");
    const position = new Digest();
    const file = new PositionFile(path, position, () => {});
    equal(load(path), "nothing");
    position.addSpan("n1.k3", 1, 9);
    equal(file.save(), undefined);
    equal(load(path), "n1.k3:1-9");
    equal(readFileSync(path, "utf8"), "n1.k3:1-9\n");
    deepEqual(readdirSync(folder), ["position"]);
  }));

test("an empty file is a position before everything", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "position"), "");
    equal(load(join(folder, "position")), "");
  }));

test("a path that holds no position, is no file or is too long is refused with a reason", () =>
  inFolder((folder) => {
    const path = join(folder, "position");
    writeFileSync(path, "n1.k3:9-1\n");
    equal(load(path), "it holds no position");
    truncateSync(path, POSITION_FILE_BYTES_MAX + 1);
    equal(load(path), `it is longer than ${POSITION_FILE_BYTES_MAX} bytes`);
    equal(load(folder), "it is a directory");
    equal(load("/dev/null"), "it is no plain file");
  }));

test("a position that moves on is saved after SAVE_EVERY_MS, once for all moves meanwhile", () =>
  inFolder(async (folder) => {
    const path = join(folder, "position");
    const position = new Digest();
    const file = new PositionFile(path, position, () => {});
    const touchedAt = performance.now();
    for (let seq = 1; seq <= 100; seq++) {
      position.addSpan("n1", seq, seq);
      file.touch();
    }
    equal(load(path), "nothing");
    await until(() => load(path) !== "nothing", "the position is saved");
    equal(load(path), "n1:1-100");
    // A timer may come a millisecond early.
    ok(performance.now() - touchedAt >= SAVE_EVERY_MS - 2);
  }));

test("that a position cannot be saved is said once, and that it can again", () =>
  inFolder((folder) => {
    const path = join(folder, "later", "position");
    const said: (string | undefined)[] = [];
    const file = new PositionFile(path, new Digest(), (fault) => said.push(fault));
    deepEqual([file.save(), file.save()], ["its directory does not exist", "its directory does not exist"]);
    writeFileSync(join(folder, "later"), "");
    equal(file.save(), "what should be a directory is none");
    rmSync(join(folder, "later"));
    mkdirSync(join(folder, "later"));
    equal(file.save(), undefined);
    deepEqual(said, ["its directory does not exist", "what should be a directory is none", undefined]);
  }));
