/** Numbers, times and lists as people read them. */

const whole = new Intl.NumberFormat("en");
const UNITS = [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;
const TIMES = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1_000, "s"]] as const;

export function count(n: number): string {
  return whole.format(Math.round(n));
}

/** "0.4", "7.3", "120", "12.3 k". */
export function rate(n: number): string {
  if (n === 0) return "0";
  if (n < 9.95) return n.toFixed(1);
  return n < 9_999.5 ? count(n) : scaled(n);
}

/** "512 B", "1.2 kB", "34 MB". */
export function bytes(n: number): string {
  return n < 999.5 ? `${Math.round(n)} B` : `${scaled(n)}B`;
}

/** How long: "4 s", "12 min", "3 h"; less than a second is "0 s". */
export function time(ms: number): string {
  const [unit, name] = TIMES.find(([from]) => ms >= from) ?? [1_000, "s"];
  return `${Math.floor(ms / unit)} ${name}`;
}

/** A round trip: "0.3 ms", "12 ms". */
export function trip(ms: number): string {
  return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** "n1", "n1 and n2", "n1, n2 and 7 more". */
export function list(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names.join("");
  const named = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1);
  const last = names.length > most ? `${names.length - named.length} more` : names.at(-1);
  return `${named.join(", ")} and ${last}`;
}

/** The time of day, as the browser's owner reads it. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

function scaled(n: number): string {
  const [unit, name] = UNITS.find(([from]) => n >= from) ?? [1e3, "k"];
  const scaled = n / unit;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)} ${name}`;
}
