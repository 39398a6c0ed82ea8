/** The systems again, with values of another kind. */
import type { PayloadName } from "../payloads.ts";
import type { System } from "./system.ts";

/** The same system with values of another kind, `words` for people; at most so many in a phase. */
export function withPayload(system: System, payload: PayloadName, words: string, valuesMax?: number): System {
  return {
    ...system,
    key: `${system.key}-${payload}`,
    name: `${system.name}, ${words}`,
    ...valuesMax !== undefined && { valuesMax },
    start: async (folder) => {
      const cluster = await system.start(folder);
      return { ...cluster, target: { ...cluster.target, payload } };
    },
  };
}
