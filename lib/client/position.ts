/** A position in the stream of values, as text. */
export { parsePosition, positionFrom, positionText } from "../core/keys/position_text.ts";
