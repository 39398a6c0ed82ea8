/** `hearsay report`: the page is the one that the run wrote, and a file that cannot be drawn is told by its line. */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { test } from "node:test";
import { report } from "../../../lib/commands/report.ts";
import { sim } from "../../../lib/commands/sim.ts";
import { EVENT_BYTES_MAX } from "../../../lib/commands/exam/events_file.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { listen } from "../../shared/io.ts";

async function drawn(args: readonly string[], input = "") {
  const { io, out, err } = listen(input);
  const status = await report(args, io);
  return { status, out: out.join(""), err: err.join("") };
}

/** A folder with a run's report and events. */
function withRun(use: (at: (name: string) => string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const settings = [
      "--time-limit",
      "4",
      "--recovery",
      "1",
      "--nemesis",
      "partition,kill",
      "--latency",
      "20",
    ];
    const { io, err } = listen();
    await sim([...settings, "--report", at("report.html"), "--events", at("run.ndjson")], io);
    const [reported, told] = [at("report.html"), at("run.ndjson")];
    assert.equal(
      err.join(""),
      `Wrote ${reported}: the report of seed 1.\nWrote ${told}: the events of seed 1.\n`,
    );
    await use(at);
  });
}

const text = (path: string) => readFileSync(path, "utf8");

test("from the events comes the very page that the run wrote, beside them, where one says, or on standard output", () =>
  withRun(async (at) => {
    const page = text(at("report.html"));
    assert.match(page, /<!doctype html>/);
    assert.deepEqual(await drawn([at("run.ndjson")]), {
      status: 0,
      out: "",
      err: `Wrote ${at("run.html")}.\n`,
    });
    assert.equal(text(at("run.html")), page);
    assert.equal((await drawn([at("run.ndjson"), "--out", at("other")])).status, 0);
    assert.equal(text(at("other")), page);
    const printed = { status: 0, out: page, err: "" };
    assert.deepEqual(await drawn([at("run.ndjson"), "--out", "-"]), printed);
    assert.deepEqual(await drawn(["-"], text(at("run.ndjson"))), printed);
  }));

test("--format events gives the events again, and shiviz a log", () =>
  withRun(async (at) => {
    const again = await drawn([at("run.ndjson"), "--format", "events", "--out", "-"]);
    assert.equal(again.out, text(at("run.ndjson")));
    assert.equal(
      (await drawn([at("run.ndjson"), "--format", "shiviz"])).err,
      `Wrote ${at("run.shiviz.log")}.\n`,
    );
    assert.match(text(at("run.shiviz.log")), /^\(\?<event>.*\n\n.+ \(at -?\d+\.\d ms\)\nn\d \{"n\d":1\}\n/);
  }));

test("a file that breaks off is drawn as far as it goes, with a warning", () =>
  withRun(async (at) => {
    writeFileSync(at("half.ndjson"), text(at("run.ndjson")).slice(0, 20_000));
    const { status, out, err } = await drawn([at("half.ndjson"), "--out", "-"]);
    assert.equal(status, 0);
    assert.match(out, /<!doctype html>/);
    assert.match(
      err,
      /^.*half\.ndjson: It breaks off in line \d+\.\n.*half\.ndjson: The results are missing/,
    );
  }));

test("what cannot be read is told by file and line, and nothing is written", () =>
  withRun(async (at) => {
    const said = async (name: string) => {
      const { status, err } = await drawn([at(name)]);
      assert.equal(status, 1);
      return err.replace(at(name), name);
    };
    const lines = text(at("run.ndjson")).split("\n");
    writeFileSync(
      at("bad.ndjson"),
      [...lines.slice(0, 4), "", '{"event":"up"}', ...lines.slice(4)].join("\r\n"),
    );
    assert.match(
      await said("bad.ndjson"),
      /^Cannot read "bad.ndjson": line 6: up must have required properties/,
    );
    assert.equal(existsSync(at("bad.html")), false);
    assert.equal(await said("missing"), 'Cannot read "missing": there is no such file\n');
    assert.equal(await said(""), 'Cannot read "": it is a directory\n');
    writeFileSync(at("empty"), "");
    assert.equal(await said("empty"), 'Cannot read "empty": line 1: it must be the event run\n');
    writeFileSync(at("long"), `${lines[0]}\n`);
    const piece = "x".repeat(1_048_576);
    for (let length = 0; length <= EVENT_BYTES_MAX; length += piece.length) appendFileSync(at("long"), piece);
    assert.equal(
      await said("long"),
      `Cannot read "long": line 2: it is longer than ${EVENT_BYTES_MAX} bytes\n`,
    );
  }));

test("bad usage: no file, two files, an output in the place of the input, a format that is none", async () => {
  const mistakes = async (...args: string[]) => {
    const { status, err } = await drawn(args);
    assert.equal(status, 2);
    return err;
  };
  assert.match(await mistakes(), /'FILE' must be given/);
  assert.match(await mistakes("a", "b"), /'FILE' must be one file: current value is "a b"/);
  assert.match(
    await mistakes("a", "--out", "a"),
    /'--out' must be another file than FILE: current value is "a"/,
  );
  assert.match(await mistakes("a", "--format", "pdf"), /'--format' must be one of html, events, shiviz/);
});

test("sim refuses one file for the report and the events", async () => {
  for (const events of ["x", "./x", resolve("x")]) {
    const { io, err } = listen();
    assert.equal(await sim(["--report", "x", "--events", events], io), 2);
    const told = `'--events' must be another file than --report: current value is "${events}"`;
    assert(err.join("").includes(told));
  }
});

test("the events are not written over, by whatever name they go", () =>
  inFolder(async (folder) => {
    const events = join(folder, "run.ndjson");
    writeFileSync(events, "precious\n");
    symlinkSync(events, join(folder, "link"));
    for (const out of [join(folder, "link"), relative(".", events), `${folder}/./run.ndjson`]) {
      const { status, err } = await drawn([events, "--out", out]);
      assert.equal(status, 2);
      assert.match(err, /'--out' must be another file than FILE/);
    }
    assert.equal(readFileSync(events, "utf8"), "precious\n");
  }));
