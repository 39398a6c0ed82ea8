/** A real Prometheus on loopback, with a folder of its own: started, asked, and ended with its test. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { inFolder } from "../../shared/in_folder.ts";
import { prometheusBin } from "../../shared/promtool.ts";
import { hearsay } from "../fixtures/hearsay.ts";
import { freePorts } from "../../shared/free_ports.ts";
import { eventually } from "../fixtures/serving.ts";

const Vector = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(z.object({
      metric: z.record(z.string(), z.string()),
      value: z.tuple([z.number(), z.string()]),
    })),
  }),
});

/** One result of a query: the labels, and the value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How it is started. */
export interface Settings {
  /** Where it asks for metrics: "host:port". */
  readonly targets: readonly string[];
  /** Of `hearsay manifest prometheus`. */
  readonly flags?: readonly string[];
  /** What a user changes in its file. */
  readonly change?: (text: string) => string;
  /** What lies beside that, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

type Use = (prometheus: Prometheus) => Promise<void>;

export class Prometheus {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** It runs on what `hearsay manifest` prints, for as long as it is used. */
  static async with(
    { targets, flags = [], change = (text) => text, files = {} }: Settings,
    use: Use,
  ): Promise<void> {
    await inFolder(async (folder) => {
      const printed = await manifest("prometheus", "--targets", targets.join(","), ...flags);
      const written = {
        ...files,
        "prometheus.yml": change(printed),
        "hearsay.rules.yml": await manifest("alerts"),
      };
      for (const [name, text] of Object.entries(written)) writeFileSync(join(folder, name), text);
      const [port] = await freePorts(1);
      const listens = `127.0.0.1:${port}`;
      // Debian's keeps its data elsewhere by default, and all would share it.
      const args = [
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        `--web.listen-address=${listens}`,
      ];
      const child = spawn(prometheusBin, args, { cwd: folder });
      const said: string[] = [];
      child.stderr.on("data", (chunk) => said.push(String(chunk)));
      child.on("error", (error) => said.push(String(error)));
      const ended = once(child, "close");
      try {
        const url = `http://${listens}`;
        await eventually("Prometheus is ready", async () => {
          assert.equal(child.exitCode, null, said.join(""));
          return (await fetch(`${url}/-/ready`)).ok;
        });
        await use(new Prometheus(url));
      } finally {
        child.kill("SIGKILL");
        await ended;
      }
    });
  }

  /** What a query in PromQL finds now. */
  async ask(query: string): Promise<Sample[]> {
    const answer = await fetch(`${this.#url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data: { result } } = Vector.parse(await answer.json());
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }
}

async function manifest(...args: string[]): Promise<string> {
  const { status, out, err } = await hearsay("manifest", ...args);
  assert.deepEqual([status, err], [0, ""]);
  return out;
}
