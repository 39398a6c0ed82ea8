/** What the process takes of the machine, and until when its certificates last. */
import { counter, type Family, gauge, histogram, type Sample } from "../family.ts";

export const ofTheProcess: readonly Family[] = [
  gauge(
    "hearsay_certificate_expiry_timestamp_seconds",
    "When this node's certificate expires, and the last of the authorities that it trusts",
    ({ status: { tls } }): readonly Sample[] =>
      tls === undefined
        ? []
        : [[tls.expires_at / 1000, "node"], [tls.authorities_expire_at / 1000, "authority"]],
    "certificate",
  ),
  histogram(
    "hearsay_event_loop_delay_seconds",
    "By how much a timer was late, for each of four a second",
    ({ counters }) => [[counters.loopDelay]],
  ),
  counter(
    "process_cpu_seconds_total",
    "Time that processors spent on this process",
    ({ status }) => status.cpu_ms / 1000,
  ),
  gauge(
    "process_resident_memory_bytes",
    "Memory that this process takes",
    ({ status }) => status.memory_bytes,
  ),
  gauge(
    "process_start_time_seconds",
    "When this process began, in seconds since 1970",
    ({ startedAt }) => startedAt,
  ),
  gauge("process_open_fds", "Files that this process has open", ({ files }) => files.open || null),
  gauge(
    "process_max_fds",
    "Files that this process may have open",
    ({ files }) => files.maxOpen === Infinity ? null : files.maxOpen,
  ),
];
