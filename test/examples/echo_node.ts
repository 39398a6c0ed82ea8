/** A node for the workload `echo`. */
import { serve } from "../../lib/package/maelstrom.ts";

await serve(() => ({
  echo: ({ body }) => ({ echo: body["echo"] }),
}));
