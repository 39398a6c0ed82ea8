/** TCP self-connection: a socket that the kernel has connected to itself. */
import type { Socket } from "node:net";

/**
 * Where nobody listens, the kernel may dial from the very port that is dialled, and then connects the socket to itself.
 * Such a socket is reset, as an orderly end would block the port for a minute. Returns whether it was one.
 */
export function resetSelfConnection(socket: Socket): boolean {
  const { localPort, remotePort, localAddress, remoteAddress } = socket;
  if (localPort === undefined || localPort !== remotePort || localAddress !== remoteAddress) return false;
  socket.resetAndDestroy();
  return true;
}
