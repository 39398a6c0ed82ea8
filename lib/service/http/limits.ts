/** Every limit and every interval of the HTTP port. */
import { LINE_BYTES_MAX } from "../../../transports/lines/reader.ts";

/** Connections over HTTP; fewer where the process may not open so many files and those of the rest [U2]. */
export const HTTP_CONNECTIONS_MAX = 12_288;
/** Files that the rest of the node has for itself, or half of all where that is fewer [U2]. */
export const FILES_BESIDE_HTTP = 6_144;
/** A connection that has begun no request, or not ended its head, is closed after this, ms [U2]. */
export const HTTP_IDLE_MS_MAX = 30_000;
/** A request of whose body nothing came for so long is given up, ms [U2]. */
export const HTTP_BODY_MS_MAX = 30_000;
/** So many bytes may come behind a request that is not answered; a connection on which more come is closed [U2]. */
export const HTTP_AHEAD_BYTES_MAX = 16 * 1024;
/** How often connections are looked at, ms. */
export const HTTP_TICK_MS = 1_000;
/** The head of a request, bytes: a position of 25 nodes takes some 600, and one of 1,000 lives 25,000 [U3]. */
export const HTTP_HEAD_BYTES_MAX = 64 * 1024;
/** A body that is taken as a whole, bytes; NDJSON may be of any length, and each line as long as this [U3]. */
export const HTTP_BODY_BYTES_MAX = LINE_BYTES_MAX;
/** Values of one request that are on their way into the node, and their characters; more are read later [U3]. */
export const HTTP_UNDERWAY_MAX = 1_024;
export const HTTP_UNDERWAY_CHARS_MAX = LINE_BYTES_MAX;
/** The node has so long to answer a request, ms; then its outcome is not known [U3]. */
export const HTTP_ANSWER_MS_MAX = 30_000;
/** What all watchers and readers over HTTP have not read yet, bytes; over this all wait, and who reads nothing is closed [U5]. */
export const HTTP_HELD_BYTES_MAX = 16 * LINE_BYTES_MAX;
/** A watcher that was sent nothing for so long is sent a sign of life, ms [U5]. */
export const HTTP_HEARTBEAT_MS = 15_000;
/** A browser waits so long until it connects again, ms. */
export const HTTP_RETRY_MS = 1_000;
/** A client that is refused for now is told to come again after so many seconds. */
export const RETRY_AFTER_S = 1;
/** A node that was caught up stays ready while a peer is ahead by no more entries than this [U6]. */
export const READY_AHEAD_MAX = 10_000;
/** Values of a client that has asked too much wait so long each time, ms. */
export const HTTP_EXCESS_MS = 50;
