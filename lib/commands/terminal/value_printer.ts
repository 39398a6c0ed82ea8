/** Prints values as they come: a line of JSON for each, or one JSON array of all. */
import type { Item } from "../../client/watching/item.ts";
import { type Io, shownJson } from "./io.ts";

export interface ValuePrinter {
  /** Resolves once they have left, to false where nobody reads them. */
  print(items: readonly Item[]): Promise<boolean>;
  end(): void;
}

/** What is printed of an item; undefined: nothing. */
export type Spell = (item: Item) => string | undefined;

/** A key that was deleted has no value. */
export const spellValue: Spell = ({ text, deleted }) => deleted ? undefined : text;

/** An object with all that belongs to the value. */
export const spellRecord: Spell = ({ topic, key, id, stamp, text, deleted }) => {
  const head = JSON.stringify({ topic, key, id, stamp }).slice(0, -1);
  return deleted ? `${head},"deleted":true}` : `${head},"value":${text}}`;
};

export function linePrinter(io: Io, spell: Spell): ValuePrinter {
  return {
    print(items) {
      let lines = "";
      for (const item of items) {
        const line = spell(item);
        if (line !== undefined) lines += `${line}\n`;
      }
      if (lines !== "") io.out(shownJson(io, lines));
      return io.outDrained();
    },
    end() {},
  };
}

/** An array that is not whole is never closed, so that nobody takes it for whole. */
export function arrayPrinter(io: Io, spell: Spell): ValuePrinter {
  let before = "[";
  return {
    print(items) {
      const elements = items.map(spell).filter((text) => text !== undefined);
      if (elements.length > 0) {
        io.out(before + shownJson(io, elements.join(",")));
        before = ",";
      }
      return io.outDrained();
    },
    end: () => io.out(before === "[" ? "[]\n" : "]\n"),
  };
}
