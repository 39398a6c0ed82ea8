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

test("what is another package's, and a module as a whole, cannot be had", () => {
  const read = (text: string) => () => neededDeclarations(["m.d.ts"], () => text);
  const use = 'import { T } from "typebox";\nexport declare const x: ';
  assert.throws(read(`${use}T;\n`), /m\.d\.ts has no declaration of its own for T$/);
  assert.throws(read(`import Type from "typebox";\nexport declare const x: Type;\n`), /own for Type$/);
  assert.throws(read(`import type * as m from "./m.js";\nexport declare const x: m.T;\n`), /own for m$/);
  assert.doesNotThrow(read(`${use}1;\n`));
});

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
