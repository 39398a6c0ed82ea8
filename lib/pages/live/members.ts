/** The members as a table: all that the drawing shows, and the numbers. */
/// <reference lib="dom" />
import type { Member } from "../../service/live/snapshot.ts";
import { bodyOf, kept, look } from "./page.ts";
import { type Health, heardOf, type Seen } from "./state/health.ts";
import { count, list, trip } from "./state/words.ts";

/** So many are named in a cell. */
const NAMED_MAX = 5;
const columns = ["", "state", "wide", "n", "n wide", "by"] as const;

export class MembersTable {
  readonly #body = bodyOf("members");

  show({ seen }: Health, values: number): void {
    const rows = kept(this.#body, seen.length, rowOf);
    for (const [i, each] of seen.entries()) {
      const row = rows[i];
      if (row === undefined) continue;
      look(row, each.state);
      const texts = cellsOf(each, values);
      for (const [column, cell] of [...row.children].entries()) {
        const text = texts[column] ?? "";
        if (cell.textContent !== text) cell.textContent = text;
      }
    }
  }
}

function rowOf(): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.append(...columns.map((name, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (i === 0) cell.setAttribute("scope", "row");
    cell.className = name;
    return cell;
  }));
  return row;
}

function cellsOf({ member, state, words, unreachedBy }: Seen, values: number): string[] {
  const { id, relay, rtt_ms } = member;
  return [
    id,
    words,
    relay === null ? "root" : state === "out" ? "" : relay ?? "",
    state === "self" ? count(values) : state === "out" ? "" : heldBy(heardOf(member)),
    rtt_ms === null || state === "out" ? "" : trip(rtt_ms),
    list(unreachedBy, NAMED_MAX),
  ];
}

/** Beside what this node held then. */
function heldBy(said: NonNullable<Member["said"]> | undefined): string {
  if (said === undefined) return "";
  if (said.agrees) return "the same";
  if (said.behind === 0) return "others";
  return `${count(Math.abs(said.behind))} ${said.behind > 0 ? "fewer" : "more"}`;
}
