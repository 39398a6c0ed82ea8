/** Flags that are numbers. */
import { mustBe } from "../../shared/tool.ts";

/** What is wrong with flags that must all be whole numbers above 0. */
export function wholeMistakes(read: Readonly<Record<string, string>>): string[] {
  return Object.entries(read).filter(([, text]) => !(Number.isSafeInteger(Number(text)) && Number(text) > 0))
    .map(([flag, text]) => mustBe(flag, "a whole number above 0", text));
}
