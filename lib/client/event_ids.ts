/** Ids for entries that are events: unique without asking anybody, and the same whenever one of them is told again. */

/** A name for one run of a client that nobody guesses and nobody else has, of 128 random bits in base 36. */
export function unguessable(): string {
  let number = 0n;
  for (const part of crypto.getRandomValues(new Uint32Array(4))) number = (number << 32n) + BigInt(part);
  return number.toString(36);
}

/** The id of the n-th event of a run. */
export function eventId(run: string, n: number): string {
  return `${run}-${n.toString(36)}`;
}
