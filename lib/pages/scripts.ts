/** The scripts of the pages that the program writes, as `npm run pages` has bundled them. */

export const pageNames = ["report", "play", "live"] as const;
export type PageName = typeof pageNames[number];

/** Rejects with a sentence where they were not bundled, which can only be when the program runs from its sources. */
export async function pageScript(name: PageName): Promise<string> {
  const module: Partial<Record<PageName, unknown>> = await bundle();
  const script = module[name];
  if (typeof script !== "string") throw new Error(NOT_BUNDLED);
  return script;
}

const NOT_BUNDLED = "The scripts of the pages are not there: `npm run pages` makes them.";

// The compiler takes the module in. It is not there to be type-checked before the first build.
async function bundle(): Promise<Partial<Record<PageName, unknown>>> {
  try {
    return await import("../../dist/pages.js" as string);
  } catch {
    throw new Error(NOT_BUNDLED);
  }
}
