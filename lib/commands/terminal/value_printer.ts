/** Prints values as they come: a line of JSON for each, or one JSON array of all. */
import type { Item } from "../../client/item.ts";
import type { Io } from "./io.ts";

export interface ValuePrinter {
  /** Resolves once the values have left, to false where nobody reads them. */
  print(items: readonly Item[]): Promise<boolean>;
  end(): void;
}

export function linePrinter(io: Io): ValuePrinter {
  return {
    print(items) {
      io.out(items.map(({ text }) => `${text}\n`).join(""));
      return io.outDrained();
    },
    end() {},
  };
}

/** An array that is not whole is never closed, so that nobody takes it for whole. */
export function arrayPrinter(io: Io): ValuePrinter {
  let before = "[";
  return {
    print(items) {
      io.out(before + items.map(({ text }) => text).join(","));
      before = ",";
      return io.outDrained();
    },
    end: () => io.out(before === "[" ? "[]\n" : "]\n"),
  };
}
