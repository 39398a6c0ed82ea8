/** Durations for people. */

/** "0.3 ms", "12 ms", "3.4 s", "12 min", "3.2 h", "4.1 d"; nothing for null. */
export function duration(ms: number | null): string {
  if (ms === null) return "";
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  const units = [[1, "ms", 1000], [1000, "s", 60_000], [60_000, "min", 3_600_000], [
    3_600_000,
    "h",
    86_400_000,
  ]] as const;
  const [unitMs, name] = units.find(([, , below]) => ms < below) ?? [86_400_000, "d"];
  const count = ms / unitMs;
  return `${name === "ms" || count >= 9.95 ? Math.round(count) : count.toFixed(1)} ${name}`;
}
