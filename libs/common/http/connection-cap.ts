import type { Server } from 'node:net';
import { isOwnMachine, networkOf } from '@tocsin/limits/network-of.ts';

/**
 * Closes connections of one address (IPv6: of one /64) beyond a number, so that a single slow client cannot hold all
 * connections that a server takes. Addresses of the machine itself are free: a proxy on it speaks for everyone.
 */
export function capConnections(server: Server, perAddressMax: number, onRefused: () => void): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (isOwnMachine(address)) return;
    const network = networkOf(address);
    const count = (open.get(network) ?? 0) + 1;
    open.set(network, count);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
    if (count <= perAddressMax) return;
    onRefused();
    socket.destroy();
  });
}
