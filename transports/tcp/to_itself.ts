/** A connection that has nobody at its other end. */
import type { Socket } from "node:net";

/**
 * Where nobody listens, the kernel may dial from the very port that is dialled, and connects the socket to itself. Such a
 * one is reset: an orderly end would hold the port for a minute, on which somebody is to listen. True if it was one.
 */
export function resetIfToItself(socket: Socket): boolean {
  const { localPort, remotePort, localAddress, remoteAddress } = socket;
  if (localPort === undefined || localPort !== remotePort || localAddress !== remoteAddress) return false;
  socket.resetAndDestroy();
  return true;
}
