/** Waits for something that real time brings about. */

/** A busy machine may take so long, ms. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 2;

/** Resolves once it holds; rejects if that takes too long. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = holds.toString(),
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const endsAt = performance.now() + patienceMs;
  while (!await holds()) {
    if (performance.now() > endsAt) throw new Error(`it never came that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
