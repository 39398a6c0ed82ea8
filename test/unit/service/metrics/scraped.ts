/** What GET /metrics says, read as Prometheus reads it, for tests. */
import assert from "node:assert/strict";

export class Scraped {
  /** By name and labels as they are written: `name{label="value"}`. */
  readonly #values = new Map<string, number>();
  /** By name. */
  readonly types = new Map<string, string>();

  constructor(text: string) {
    assert.ok(text.endsWith("\n"));
    for (const line of text.split("\n")) {
      const [, name = "", type = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== "") this.types.set(name, type);
      if (line === "" || line.startsWith("#")) continue;
      const [, series = "", value = ""] = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? assert.fail(line);
      assert.ok(!this.#values.has(series), `${series} is there twice`);
      this.#values.set(series, value === "+Inf" ? Infinity : Number(value));
    }
  }

  /** Undefined where there is no such series. */
  value(series: string): number | undefined {
    return this.#values.get(series);
  }

  /** The series of a name, those of its buckets and sums not among them. */
  series(name: string): readonly string[] {
    return [...this.#values.keys()].filter((series) => series === name || series.startsWith(`${name}{`));
  }

  get names(): readonly string[] {
    return [...this.types.keys()];
  }
}

export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Scraped> {
  const response = await fetch(`${url}/metrics`, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return new Scraped(await response.text());
}
