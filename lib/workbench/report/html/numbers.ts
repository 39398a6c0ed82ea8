/** Numbers and times as the report writes them, the same under every runtime. */

/** "12,345" */
export function count(n: number): string {
  return String(Math.round(n)).replaceAll(/(?<=\d)(?=(\d{3})+$)/g, ",");
}

/** "1 value", "12,345 values" */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** "0.4 ms", "123 ms", "12.35 s" */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "never";
  if (ms >= 10_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${milliseconds(ms)} ms`;
}

/** "0.4", "123", "1,234" */
export function milliseconds(ms: number): string {
  const tenths = Math.round(ms * 10) / 10;
  return Math.abs(tenths) < 10 && !Number.isInteger(tenths) ? tenths.toFixed(1) : count(tenths);
}

/** Seconds since the load began: "3.214 s". */
export function moment(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(3).replace("-", "−")} s` : "the end";
}

/** "812 B", "1.2 kB", "3.4 MB" */
export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  const [size, unit] = n < 1_000_000 ? [n / 1_000, "kB"] : [n / 1_000_000, "MB"];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}
