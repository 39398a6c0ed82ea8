/** Prints values as they come: a line of JSON for each, or one JSON array of all. */
import type { Json } from "../../core/message.ts";
import type { Io } from "./io.ts";

export interface ValuePrinter {
  /** Resolves once the values have left, to false where nobody reads them. */
  print(values: readonly Json[]): Promise<boolean>;
  end(): void;
}

export function linePrinter(io: Io): ValuePrinter {
  return {
    print(values) {
      io.out(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      return io.outDrained();
    },
    end() {},
  };
}

/** An array that is not whole is never closed, so that nobody takes it for whole. */
export function arrayPrinter(io: Io): ValuePrinter {
  let before = "[";
  return {
    print(values) {
      io.out(before + values.map((value) => JSON.stringify(value)).join(","));
      before = ",";
      return io.outDrained();
    },
    end: () => io.out(before === "[" ? "[]\n" : "]\n"),
  };
}
