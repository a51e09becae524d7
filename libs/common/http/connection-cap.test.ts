import { EventEmitter } from 'node:events';
import { Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { capConnections } from './connection-cap.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

it('closes what one address opens beyond its number, until it closes some', () => {
  const server = new Server();
  let refused = 0;
  capConnections(server, 2, () => {
    refused += 1;
  });
  const open = (address: string): FakeSocket => {
    const socket = new FakeSocket(address);
    server.emit('connection', socket as unknown as Socket);
    return socket;
  };
  const first = open('2001:db8::1');
  open('2001:db8::2');
  expect(open('2001:db8::3').destroyed).toBe(true);
  expect(open('192.0.2.1').destroyed).toBe(false);
  first.destroy();
  expect(open('2001:db8::4').destroyed).toBe(false);
  for (let count = 0; count < 10; count += 1) expect(open('127.0.0.1').destroyed).toBe(false);
  expect(refused).toBe(1);
});
