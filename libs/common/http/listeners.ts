import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { assert } from '@tocsin/kernel/assert.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import type { FastifyInstance } from 'fastify';
import { answerClientError } from './client-error.ts';
import { capConnections } from './connection-cap.ts';
import type { HttpLimits } from './limits.ts';
import { requestIdOf } from './request-id.ts';
import { SecureListener, type TlsFiles } from './secure-listener.ts';

/** Where a server listens: a unix socket (made with mode 0600) or an address; port 0 takes a free one. */
export type ListenAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** What listeners need of their server. */
export interface ListenerParts {
  readonly world: World;
  readonly log: Log;
  readonly limits: HttpLimits;
  /** Told of each connection that was closed because its address had too many. */
  readonly onRefusedConnection: () => void;
}

/** The listeners of one server: plain ones and those with TLS serve the same routes within the same bounds. */
export class Listeners {
  readonly #app: FastifyInstance;
  readonly #parts: ListenerParts;
  readonly #secure: SecureListener[] = [];

  constructor(app: FastifyInstance, parts: ListenerParts) {
    this.#app = app;
    this.#parts = parts;
    this.#bound(app.server);
  }

  /** Resolves with the port taken; 0 for a unix socket. */
  async listen(address: ListenAddress): Promise<number> {
    if ('socketPath' in address) {
      // What a dead process left; a living one would hold the lock of the home.
      await rm(address.socketPath, { force: true });
      await this.#app.listen({ path: address.socketPath });
      await chmod(address.socketPath, 0o600);
      return 0;
    }
    await this.#app.listen({ host: address.host, port: address.port });
    return portOf(this.#app.server);
  }

  /**
   * Listens for TLS too. Resolves with the port taken.
   *
   * @throws Problem `invalid_request` when the files cannot be used
   */
  async listenSecurely(
    { host, port }: { readonly host: string; readonly port: number },
    files: TlsFiles,
  ): Promise<number> {
    const { limits, world, log } = this.#parts;
    await this.#app.ready();
    const secure = await SecureListener.open({
      files,
      world,
      log,
      http: {
        // As in `server.ts`: two Authorization headers are refused as what they are.
        joinDuplicateHeaders: true,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: limits.slowCheckMs,
        maxHeaderSize: limits.headerBytesMax,
      },
      handle: (request, response) => this.#app.routing(request, response),
      onClientError: (error, socket) => answerBroken(error, socket, world),
    });
    this.#secure.push(secure);
    this.#bound(secure.server);
    await new Promise<void>((resolve, reject) => {
      secure.server.once('error', reject);
      secure.server.listen(port, host, resolve);
    });
    return portOf(secure.server);
  }

  /** Stops accepting, lets requests in flight finish, and cuts what is left after `drainMs`. */
  async close(drainMs: number): Promise<void> {
    const cancel = this.#parts.world.clock.after(drainMs, () => {
      this.#app.server.closeAllConnections();
      for (const { server } of this.#secure) server.closeAllConnections();
    });
    try {
      await Promise.all([this.#app.close(), ...this.#secure.map((secure) => secure.close())]);
    } finally {
      cancel();
    }
  }

  #bound(server: Server): void {
    const { limits, onRefusedConnection } = this.#parts;
    server.maxConnections = limits.connectionsMax;
    // A client that neither sends nor reads any more.
    server.timeout = limits.silenceMs;
    capConnections(server, limits.connectionsPerAddressMax, onRefusedConnection);
  }
}

/** Answers what Node's parser refused before there was a request. */
export function answerBroken(
  error: Error & { readonly code?: string },
  socket: Socket,
  world: World,
): void {
  answerClientError(error, socket, requestIdOf({ headers: {} } as never, world));
}

function portOf(server: Server): number {
  const bound = server.address();
  assert(typeof bound === 'object' && bound !== null, 'a listening server has an address');
  return bound.port;
}
