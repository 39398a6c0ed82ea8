/** Every limit and every interval of the TCP carrier, in one place. */
import { LINE_BYTES_MAX } from "../lines.ts";

/** Each end of a peer link writes an empty line when it has written nothing else for so long. */
export const HEARTBEAT_MS = 500;
/** A link on which nothing came for so long is closed: two heartbeats may be late, a third may not. */
export const SILENCE_MS = 1_500;
/** The same, while the peer's other link is heard: on a thin line heartbeats wait, or are lost, behind what fills it. */
export const BUSY_SILENCE_MS = 4 * SILENCE_MS;
/** How often links and clients are looked at. */
export const TICK_MS = 100;

/** The first dial after a link broke comes after this, and the later ones come after this or more. */
export const DIAL_EVERY_MS_MIN = 50;
/** The longest time between two dials. The end of a cut is noticed within it, and a round trip. */
export const DIAL_EVERY_MS_MAX = 300;
/** A dial that has not connected by then is given up. Later ones run beside it, so that a far peer is reached, too. */
export const DIAL_MS_MAX = SILENCE_MS;
/** A peer that is not linked for so long is said to be out of reach. Nodes that start together find each other sooner. */
export const UNREACHED_MS = 2_000;
/** So much later it is said again, then after twice as long, and so on up to an hour. */
export const UNREACHED_AGAIN_MS = 60_000;
export const UNREACHED_AGAIN_MS_MAX = 3_600_000;
/** A longer first line is no greeting. */
export const GREETING_BYTES_MAX = 4_096;
/** Of so many names it is remembered why they were refused, so that each reason is said once. */
export const REFUSALS_MAX = 64;
/** What was all right meanwhile and is refused for the same reason again is news after this. */
export const REFUSED_AGAIN_MS = 60_000;

/** What waits for one peer. What is over it is dropped whole, and the protocol repeats itself. */
export const PEER_QUEUE_BYTES_MAX = 4 * LINE_BYTES_MAX;

/** Connections that are clients; fewer where the process may not open as many files. */
export const CLIENTS_MAX = 4_096;
/** Connections beyond those, which have not said what they are. Over both, the oldest of them is closed. */
export const NEWCOMERS_MAX = 256;
/** Descriptors of one peer: two links, and dials that hang. These are nine at a mean distance of 175 ms. */
export const PEER_DESCRIPTORS = 12;
/**
 * Descriptors that are kept free for the store, for lookups, and for what is accepted before anything can be closed:
 * Deno was seen to accept 128 at once, Bun one. Of a low limit it is a quarter.
 */
export const SPARE_DESCRIPTORS_MAX = 192;
/** So many connections may be clients, or turn out to be, however few descriptors there are. */
export const ROOM_MIN = 4;
/** How often it is looked whether a descriptor is left. */
export const DESCRIPTORS_LOOK_MS = 1_000;
/** Where there was none, a quarter of the places is taken away at each look, and a third more is given after this. */
export const ROOM_AGAIN_MS = 60_000;
/** Answers that wait for one client; over it, its further requests wait, and its socket is not read. */
export const CLIENT_HELD_BYTES_PAUSE = 256 * 1024;
/** Requests of one client that are handed over in one turn of the event loop. */
export const CLIENT_TURN_LINES_MAX = 256;
/** Answers that are made for all clients in one turn of the event loop; once over it, further requests wait. */
export const TURN_ANSWERS_BYTES_MAX = LINE_BYTES_MAX;
/** The longest answer. Making it takes several times its length for a moment. */
export const ANSWER_BYTES_MAX = 16 * LINE_BYTES_MAX;
/** All that is held for clients, in and out. Over it, the client that holds the most is closed. */
export const CLIENTS_BYTES_MAX = 32 * LINE_BYTES_MAX;
/** A client whose line goes on for so long, though it was told that it is too long, is closed. */
export const ENDLESS_BYTES_MAX = 16 * LINE_BYTES_MAX;
/** A client that began a line has so long to end it. */
export const HALF_LINE_MS_MAX = 30_000;
/** A client that writes no more is closed when nothing was sent to it for so long. */
export const LINGER_MS = 1_000;
/**
 * A client that writes no more and is kept is sent something when nothing was for so long, then for twice as long, and so
 * on: that it has hung up shows by nothing else.
 */
export const QUIET_MS_MIN = 1_000;
export const QUIET_MS_MAX = 32_000;
/** How long an idle client lives whose machine is gone before the kernel begins to ask. */
export const KEEPALIVE_MS = 60_000;

/** How long a connection that is being ended may take to let its last lines leave. */
export const END_MS_MAX = 1_000;
/** How long close() lets what was sent leave, and then once more for the other sides to hang up. */
export const CLOSE_MS_MAX = 1_000;
/** Connections that the kernel holds until they are accepted. Bun holds 512, whatever is asked for. */
export const BACKLOG_MAX = 1_024;

/** The limits that may be set for one node. */
export interface TcpLimits {
  readonly clientsMax: number;
  readonly newcomersMax: number;
  readonly clientsBytesMax: number;
  readonly answerBytesMax: number;
  readonly halfLineMsMax: number;
}

export const DEFAULT_LIMITS: TcpLimits = {
  clientsMax: CLIENTS_MAX,
  newcomersMax: NEWCOMERS_MAX,
  clientsBytesMax: CLIENTS_BYTES_MAX,
  answerBytesMax: ANSWER_BYTES_MAX,
  halfLineMsMax: HALF_LINE_MS_MAX,
};
