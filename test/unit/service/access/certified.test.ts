/** What a certificate lets its holder ask. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { certified } from "../../../../lib/service/access/certified.ts";
import { NO_CERTIFICATE } from "../../../../transports/tcp/tls/identity.ts";

test("a client has the rights of its certificate that this version knows, a node has all, and others are nobody", () => {
  const rights = ["publish:orders*", "fly", "admin"];
  deepEqual(certified({ kind: "client", names: ["shop"], rights }), {
    name: "shop",
    rights: ["publish:orders*", "admin"],
  });
  deepEqual(certified({ kind: "node", names: ["n1"], rights }), {
    name: "n1",
    rights: ["publish:*", "watch:*", "admin"],
  });
  equal(certified(NO_CERTIFICATE), undefined);
  equal(certified(undefined), undefined);
});
