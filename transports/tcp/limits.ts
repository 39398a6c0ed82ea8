/** Every limit and every interval of the TCP carrier, in one place. */
import { LINE_BYTES_MAX } from "../lines/reader.ts";

/** Each end of a peer link writes an empty line when it has written nothing else for so long. */
export const HEARTBEAT_MS = 500;
/** A link on which nothing came for so long is closed: two heartbeats may be late, a third may not. */
export const SILENCE_MS = 1_500;
/** The same, while the peer's other link is heard: on a slow line heartbeats wait, or are lost, behind the data that fills it. */
export const BUSY_SILENCE_MS = 4 * SILENCE_MS;
/** How often links and clients are checked; where all is calm and there are no clients, that is done with each heartbeat. */
export const TICK_MS = 100;

/** The first dial after a link broke comes after this, and the later ones come after this or more. */
export const DIAL_EVERY_MS_MIN = 50;
/** The longest time between two dials. The end of a cut is noticed within this and a round trip. */
export const DIAL_EVERY_MS_MAX = 300;
/** Of more peers that are not linked, each is dialled as much more rarely: dials that nobody has time to take make it worse. */
export const DIALLED_OFTEN_MAX = 8;
/** So many others are dialled at once when a link has come up: whatever kept it down may be over for them, too. */
export const DIALLED_ON_LINK = 3;
/** So many peers that are new are dialled in one turn of the event loop. */
export const DIALS_PER_TURN_MAX = 32;
/** A dial that has not connected by then is given up. Later ones run beside it, so that a far peer is reached, too. */
export const DIAL_MS_MAX = SILENCE_MS;
/** A peer that is not linked for so long is said to be out of reach. Nodes that start together find each other sooner. */
export const UNREACHED_MS = 2_000;
/** That is said again after this time, then after twice as long, and so on up to an hour. */
export const UNREACHED_AGAIN_MS = 60_000;
export const UNREACHED_AGAIN_MS_MAX = 3_600_000;
/** A node that does not answer a greeting within this is dialled again; on a slow line the answer may take long. */
export const GREETING_MS_MAX = BUSY_SILENCE_MS;
/** A longer first line is no greeting. */
export const GREETING_BYTES_MAX = 4_096;
/** For so many names the reason of their refusal is remembered, so that each reason is said once. */
export const REFUSALS_MAX = 64;
/** So many refusals are reported in REFUSED_AGAIN_MS at the most, as strangers can make up names and reasons. */
export const REFUSALS_SAID_MAX = 128;
/** After this time, a peer that was accepted meanwhile and is refused for the same reason again is reported again. */
export const REFUSED_AGAIN_MS = 60_000;

/** So long a peer that is no member any longer keeps its links, for last words both ways. */
export const LEAVING_MS = 1_000;
/** A TLS handshake that is not done within this is given up by the side that was dialled. */
export const HANDSHAKE_MS_MAX = GREETING_MS_MAX;

/** The messages that wait for one peer. A message that does not fit is dropped whole, and the protocol repeats itself. */
export const PEER_QUEUE_BYTES_MAX = 4 * LINE_BYTES_MAX;

/** Connections that are clients; fewer where the process may not open as many files. */
export const CLIENTS_MAX = 4_096;
/** Connections of clients that come from one address other than loopback, or are known by one name [A5]. */
export const SHARED_CONNECTIONS_MAX = 1_024;
/** Requests that such connections may make together in a second; beyond that they are read later [A5]. */
export const REQUESTS_PER_SECOND_MAX = 500_000;
/** Bytes that they may send and be sent in a second, likewise [A5]. */
export const BYTES_PER_SECOND_MAX = 512 * LINE_BYTES_MAX;
/** Where clients must be known, one that is not known within this is closed: strangers would take all places [A7]. */
export const STRANGER_MS_MAX = 10_000;
/** Unclassified connections: they have not said yet whether they are a client or a peer. Over the limit, the oldest is closed. */
export const UNCLASSIFIED_MAX = 256;
/** Descriptors of one peer: two links, and the dials that hang, which are nine at a mean distance of 175 ms. */
export const PEER_DESCRIPTORS = 12;
/**
 * Descriptors that are kept free for the store, for lookups, and for connections that are accepted before any can be
 * closed: Deno was seen to accept 128 at once, Bun one. Where the process's limit is low, a quarter of it is kept free.
 */
export const SPARE_DESCRIPTORS_MAX = 192;
/** So many connections may be clients or unclassified, however few descriptors there are. */
export const ROOM_MIN = 4;
/** How often the carrier checks that a descriptor is left. */
export const DESCRIPTORS_LOOK_MS = 1_000;
/** While none is left, each check takes a quarter of the places away; after this time without want, a third is added. */
export const ROOM_AGAIN_MS = 60_000;
/** Answers that wait for one client; over this, its further requests wait and its socket is not read. */
export const CLIENT_HELD_BYTES_PAUSE = 256 * 1024;
/** Requests of one client that are handed over in one turn of the event loop. */
export const CLIENT_TURN_LINES_MAX = 1_024;
/** For how long all connections together are read in one turn of the event loop; beyond it, one chunk of each [S14]. */
export const TURN_READ_MS_MAX = 10;
/** Answers that are made for all clients in one turn of the event loop; over this, further requests wait [S10]. */
export const TURN_ANSWERS_BYTES_MAX = LINE_BYTES_MAX;
/** The longest answer. Making it takes several times its length for a moment. */
export const ANSWER_BYTES_MAX = 16 * LINE_BYTES_MAX;
/** What is held for a client is counted anew when so much was written to it, with each chunk of its own, and with each tick. */
export const MOVED_BYTES = 1_024;
/** All bytes that are held for clients, in and out. Over this, the client that holds the most is closed. */
export const CLIENTS_BYTES_MAX = 32 * LINE_BYTES_MAX;
/** A client is closed when so much more of a line comes after it was told that the line is too long. */
export const ENDLESS_BYTES_MAX = 16 * LINE_BYTES_MAX;
/** A client that began a line has so long to end it. */
export const HALF_LINE_MS_MAX = 30_000;
/** A client that writes no more is closed once nothing was sent to it for so long. */
export const LINGER_MS = 1_000;
/**
 * A client that writes no more but still watches is sent something when nothing was sent for so long, then for twice as
 * long, and so on: nothing else shows that it has hung up [S7].
 */
export const QUIET_MS_MIN = 1_000;
export const QUIET_MS_MAX = 32_000;
/** When a client has been idle for so long, the kernel begins to ask whether its machine is still there. */
export const KEEPALIVE_MS = 60_000;

/** How long a connection that is being ended may take to let its last lines leave. */
export const END_MS_MAX = 1_000;
/** close() waits so long for the sent messages to leave, and then as long again for the other sides to hang up. */
export const CLOSE_MS_MAX = 1_000;
/** Connections that the kernel holds until they are accepted. Bun holds 512, whatever is asked for. */
export const BACKLOG_MAX = 1_024;

/** The limits that may be set for one node. */
export interface TcpLimits {
  readonly clientsMax: number;
  readonly unclassifiedMax: number;
  /** Of one address, and of one name: */
  readonly sharedConnectionsMax: number;
  readonly requestsPerSecondMax: number;
  readonly bytesPerSecondMax: number;
  readonly strangerMsMax: number;
  readonly clientsBytesMax: number;
  readonly answerBytesMax: number;
  readonly halfLineMsMax: number;
}

export const DEFAULT_LIMITS: TcpLimits = {
  clientsMax: CLIENTS_MAX,
  unclassifiedMax: UNCLASSIFIED_MAX,
  sharedConnectionsMax: SHARED_CONNECTIONS_MAX,
  requestsPerSecondMax: REQUESTS_PER_SECOND_MAX,
  bytesPerSecondMax: BYTES_PER_SECOND_MAX,
  strangerMsMax: STRANGER_MS_MAX,
  clientsBytesMax: CLIENTS_BYTES_MAX,
  answerBytesMax: ANSWER_BYTES_MAX,
  halfLineMsMax: HALF_LINE_MS_MAX,
};
