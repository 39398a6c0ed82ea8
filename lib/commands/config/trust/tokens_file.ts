/** The tokens file: which clients a serving node knows, by the hashes of their tokens, and their rights [A1]. */
import { z } from "zod";
import { rightFault, RIGHTS_MAX } from "../../../service/access/rights.ts";
import { type TokenEntry, TOKENS_MAX } from "../../../service/access/tokens.ts";
import { fileFault, messageOf } from "../../../../transports/errno.ts";
import { readText } from "../../../../transports/read_text.ts";
import { MEMBER_ID } from "../../../core/membership/member_id.ts";
import { NAME_RULE } from "../address.ts";

/** A longer file is refused. */
export const TOKENS_FILE_BYTES_MAX = 4 * 1_048_576;

const clientName = z.string().regex(MEMBER_ID, `must be ${NAME_RULE}`);

const rightText = z.string().superRefine((text, context) => {
  const fault = rightFault(JSON.stringify(text), text);
  if (fault !== undefined) context.addIssue(fault);
});

const shape = z.array(z.strictObject({
  name: clientName,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case"),
  rights: z.array(rightText).max(RIGHTS_MAX),
})).max(TOKENS_MAX);

/** The entries of the file, or a sentence that says what is wrong with it. */
export function readTokens(path: string): readonly TokenEntry[] | string {
  const fault = (why: string) => `Cannot take tokens from ${JSON.stringify(path)}: ${why}`;
  let text: string;
  try {
    text = readText(path, TOKENS_FILE_BYTES_MAX);
  } catch (error) {
    return fault(fileFault(error));
  }
  const found = tokensIn(text);
  return typeof found === "string" ? fault(found) : found;
}

/** The entries, or what is wrong with the text. */
export function tokensIn(text: string): readonly TokenEntry[] | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${messageOf(error)}`;
  }
  const { data, error } = shape.safeParse(json);
  if (data === undefined) return faultIn(error);
  const hashes = data.map(({ sha256 }) => sha256);
  const twice = data.find(({ sha256 }, i) => hashes.indexOf(sha256) !== i);
  return twice === undefined ? data : `${twice.name} has the token of another entry`;
}

function faultIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = (issue?.path ?? []).map((part) =>
    typeof part === "number" ? `entry ${part + 1}` : String(part)
  );
  return [where.join(", "), issue?.message ?? "it is malformed"].filter((part) => part !== "").join(": ");
}
