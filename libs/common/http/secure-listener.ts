import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { CancelTimer } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Log } from '@tocsin/telemetry/log.ts';

/** How often the files are looked at. */
export const TLS_RELOAD_EVERY_MS = 10_000;
/** Longest time for a handshake. */
const HANDSHAKE_MS_MAX = 10_000;

/** PEM files of a certificate, with those between it and its root, and of its private key. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What a TLS listener serves with. */
export interface SecureListenerParts {
  readonly files: TlsFiles;
  readonly world: World;
  readonly log: Log;
  /** Node's options of an HTTP server: timeouts and sizes. */
  readonly http: ServerOptions;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onClientError: (error: Error & { readonly code?: string }, socket: Socket) => void;
}

/**
 * A server for TLS 1.2 and 1.3. When its files change, new connections get the new certificate and the old ones go on;
 * files that cannot be used are told in the log and the last good ones stay.
 */
export class SecureListener {
  readonly server: Server;
  readonly #parts: SecureListenerParts;
  #pair: TlsPair;
  #cancel: CancelTimer = () => undefined;
  #closed = false;

  private constructor(parts: SecureListenerParts, pair: TlsPair) {
    this.#parts = parts;
    this.#pair = pair;
    this.server = createServer(
      {
        ...parts.http,
        ...pair,
        minVersion: 'TLSv1.2',
        ALPNProtocols: ['http/1.1'],
        handshakeTimeout: HANDSHAKE_MS_MAX,
      },
      parts.handle,
    );
    this.server.on('clientError', parts.onClientError);
    this.#scheduleReload();
  }

  /** @throws {@link Problem} `invalid_request` when the files cannot be read or do not fit together */
  static async open(parts: SecureListenerParts): Promise<SecureListener> {
    return new SecureListener(parts, await readPair(parts.files, parts.world));
  }

  /** Looks at the files now; true when new ones are in use. */
  async reload(): Promise<boolean> {
    const { files, world, log } = this.#parts;
    try {
      const pair = await readPair(files, world);
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return false;
      this.server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
      this.#pair = pair;
      log.info('the TLS certificate was changed', { action: 'tls.reload', status: 'ok' });
      return true;
    } catch (error) {
      log.error('the new TLS files cannot be used: the last good ones stay', {
        action: 'tls.reload',
        status: 'failed',
        error,
      });
      return false;
    }
  }

  /** Takes no further connection and looks at no file; requests in flight finish. */
  close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  #scheduleReload(): void {
    this.#cancel = this.#parts.world.clock.after(TLS_RELOAD_EVERY_MS, () => {
      void this.reload().finally(() => {
        if (!this.#closed) this.#scheduleReload();
      });
    });
  }
}

async function readPair({ certFile, keyFile }: TlsFiles, { disk }: World): Promise<TlsPair> {
  try {
    const pair = { cert: await disk.read(certFile), key: await disk.read(keyFile) };
    // Throws when the two do not belong together, before a listener would.
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    throw new Problem('invalid_request', {
      detail: `the files ${certFile} and ${keyFile} are not a readable certificate and its private key in PEM`,
      cause,
    });
  }
}
