/** What people tell a lab that stays open, one line at a time: nodes to kill and start, cuts and heals. */
import { messageOf } from "../../../transports/errno.ts";
import { seeded } from "../../core/random.ts";
import { parseGrudge } from "../faults/grudge.ts";
import { PartitionController } from "../faults/partition_controller.ts";
import { readSecret } from "../faults/sidecar_secret.ts";
import type { Lab } from "./lab.ts";

/** The commands, for people. */
export const PROMPT_COMMANDS = "kill n1, start n1, cut n1,n2|n3,n4,n5, heal or stop";

export class LabPrompt {
  readonly #lab: Lab;
  readonly #cuts: PartitionController;
  readonly #seed: number;

  /** `seed`: of the choice where a cut is named by its kind, such as bisect. */
  constructor(lab: Lab, seed: number) {
    this.#lab = lab;
    this.#seed = seed;
    const found = readSecret(lab.secretFile);
    this.#cuts = new PartitionController(lab.sidecars, lab.addresses, {
      ..."secret" in found && { secret: found.secret },
    });
  }

  /** Resolves to what there is to say, once it is done. */
  async obey(line: string): Promise<string> {
    const [verb = "", what, ...more] = line.trim().split(/\s+/);
    try {
      const said = more.length > 0 ? undefined : await this.#do(verb, what);
      return said ?? `Cannot do ${JSON.stringify(line)} as it must be ${PROMPT_COMMANDS}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Cuts that are on end by themselves soon. */
  close(): void {
    this.#cuts.release();
  }

  async #do(verb: string, what: string | undefined): Promise<string | undefined> {
    const isNode = what !== undefined && this.#lab.addresses.has(what);
    if (verb === "kill" && isNode) return await this.#lab.kill(what).then(() => `killed ${what}`);
    if (verb === "start" && isNode) return await this.#lab.start(what).then(() => `started ${what}`);
    if (verb === "cut" && what !== undefined) return await this.#cut(what);
    if (verb === "heal" && what === undefined) return await this.#cuts.heal().then(() => "healed");
    return undefined;
  }

  async #cut(what: string): Promise<string> {
    const parsed = parseGrudge(what, [...this.#lab.addresses.keys()]);
    if (!parsed.ok) return `Cannot cut ${JSON.stringify(what)}: ${parsed.reason}`;
    const { grudge, detail } = parsed.draw(seeded(this.#seed));
    await this.#cuts.partition(grudge);
    return `cut: ${detail}`;
  }
}
