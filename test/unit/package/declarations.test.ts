/** Of the declarations the package has what its entries need, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { neededDeclarations } from "../../../lib/package/declarations.ts";

const files: Readonly<Record<string, string>> = {
  "a/mod.d.ts": `import { type Shown as Seen, Hidden } from "../b.js";
export { type Named } from "./c.js";
export type { Json };
import type { Json } from "./json.js";
/** Takes Hidden. */
export declare function f(seen: Seen): void;
declare const unneeded: Hidden;
`,
  "a/c.d.ts": `export interface Named {
    /** Of Other. */
    readonly own: Own;
}
interface Own {
    readonly n: number;
}
export interface Other {
    readonly o: Own;
}
`,
  "a/json.d.ts": `/** JSON. */

export type Json = null | Json[] | {
    [key: string]: Json;
};
`,
  "b.d.ts": `import Type from "typebox";
import type { Json } from "./a/json.js";
export type Shown = Json;
export declare class Hidden {
    type: Type;
}
`,
};

function needed(entry: string): Record<string, string> {
  const found = neededDeclarations([entry], (path) => files[path] ?? assert.fail(`nobody needs ${path}`));
  return Object.fromEntries(found);
}

test("an entry has all that it exports, and other modules what that needs", () => {
  assert.deepEqual(needed("a/mod.d.ts"), {
    "a/mod.d.ts": `import { type Shown as Seen } from "../b.js";
export { type Named } from "./c.js";
export type { Json };
import type { Json } from "./json.js";
/** Takes Hidden. */
export declare function f(seen: Seen): void;
`,
    "a/c.d.ts": `export interface Named {
    /** Of Other. */
    readonly own: Own;
}
interface Own {
    readonly n: number;
}
`,
    "a/json.d.ts": `export type Json = null | Json[] | {
    [key: string]: Json;
};
`,
    "b.d.ts": `import type { Json } from "./a/json.js";
export type Shown = Json;
`,
  });
});
