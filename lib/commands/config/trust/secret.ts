/** How commands are told the secret of sidecars: by a file, or by a variable that no flag stands for. */
import {
  ensureSecret,
  readSecret,
  SECRET_CHARS_MIN,
  secretFault,
} from "../../../workbench/faults/sidecar_secret.ts";
import { complain, type Given, mustBe, mustBeGiven } from "../../flags/flags.ts";
import type { Env } from "../../flags/read_flags.ts";
import { text } from "../../flags/schemas.ts";

export const SECRET_VARIABLE = "HEARSAY_SIDECAR_SECRET";

const RULE = `a file with a secret of ${SECRET_CHARS_MIN} characters or more`;

/** For those who give orders. */
export function secretFlag() {
  return text(
    "FILE",
    "a file",
    `a file that holds the secret of the sidecars (the secret in ${SECRET_VARIABLE})`,
  );
}

/** For a sidecar itself. */
export const ownSecretFlag = text(
  "FILE",
  "a file",
  `a file that holds the secret without which nobody gives orders; made if need be (the secret in ${SECRET_VARIABLE})`,
);

export interface SecretFound {
  readonly secret?: string;
  readonly mistakes: readonly string[];
}

type Flags = { readonly "secret-file"?: string | undefined };

/** What is wrong is said; to have none is not wrong, as long as no sidecar is asked. */
export function secretFrom(
  command: string,
  flags: Flags,
  given: ReadonlyMap<string, Given>,
  env: Env,
): SecretFound {
  return found(command, flags, given, env, readSecret);
}

/** A sidecar must have one, and makes the file where there is none. */
export function ownSecretFrom(
  command: string,
  flags: Flags,
  given: ReadonlyMap<string, Given>,
  env: Env,
): SecretFound {
  const { secret, mistakes } = found(command, flags, given, env, ensureSecret);
  if (secret !== undefined) return { secret, mistakes };
  return { mistakes: mistakes.length > 0 ? mistakes : [mustBeGiven(command, "--secret-file", RULE)] };
}

function found(
  command: string,
  { "secret-file": file }: Flags,
  given: ReadonlyMap<string, Given>,
  env: Env,
  read: typeof readSecret,
): SecretFound {
  const variable = env[SECRET_VARIABLE] ?? "";
  if (file !== undefined) {
    const secret = read(file);
    return "secret" in secret
      ? { ...secret, mistakes: [] }
      : { mistakes: complain(command, given, "secret-file", `${RULE} (${secret.fault})`) };
  }
  const fault = variable === "" ? undefined : secretFault(variable);
  if (fault !== undefined) {
    return { mistakes: [mustBe(command, SECRET_VARIABLE, `left out, as ${fault}`, "…")] };
  }
  return { ...variable !== "" && { secret: variable }, mistakes: [] };
}
