import type { Principal } from '@tocsin/auth/principal.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { type Chain, chainOf } from './chain-store.ts';
import { type ChainEnd, emptyChain, extendChain, rowText } from './domain/chain.ts';
import {
  type AuditKey,
  isSignedByAny,
  keyIdOf,
  type Statement,
  signStatement,
  statementLine,
} from './domain/statement.ts';
import { headPath, readHead } from './head-file.ts';
import {
  findEnd,
  findHash,
  insertSeals,
  insertStatement,
  isRotationKnown,
  ROTATION,
  unsealedRows,
  waitingChains,
  waitingRows,
} from './records.ts';

/** How often waiting rows are sealed and the chain's head is signed. The promise is 60 s (design 6). */
export const SEAL_MS = 5_000;

/** Rows sealed in one transaction. */
const BATCH_ROWS_MAX = 1_000;

/** Chains of one pass. */
const PASS_CHAINS_MAX = 1_000;

/** What the sealer counts. */
export interface SealerCounters {
  readonly sealed: (rows: number) => void;
  readonly signed: () => void;
  /** A chain no longer holds what its last signed head says: the database was rolled back or changed. */
  readonly broken: () => void;
  readonly failed: () => void;
}

export interface SealerOptions {
  readonly database: Database;
  readonly world: World;
  readonly key: AuditKey;
  /** Where the newest head of each chain is kept, outside of the database: it tells when that was rolled back. */
  readonly headsFolder: string;
  readonly log: DatabaseLog;
  readonly counters: SealerCounters;
}

/**
 * Seals what waits in every audit log: rows get their place in sealing order, and the new end of the chain is signed
 * in the same transaction. Not within the transaction of the change itself, which would make a tenant's changes wait
 * for each other. One process seals; a second one could not fork a chain, its seals would be refused.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #heads = new Map<string, Statement | undefined>();
  #turn: Promise<unknown> = Promise.resolve();
  /** The key whose taking over is on record. */
  #noticed: string | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  /** Seals every chain that has waiting rows; a chain that fails does not hold up the others. */
  async sealAll(): Promise<void> {
    const { database, log, counters } = this.#options;
    await this.#noticeRotation();
    const waiting = await database.inPlatform((tx) => waitingChains(tx, PASS_CHAINS_MAX));
    for (const tenantId of waiting) {
      try {
        await this.seal(chainOf(database, tenantId));
      } catch (error) {
        counters.failed();
        log.warn({ tenant_id: tenantId, error: String(error) }, 'an audit log waits for its seal');
      }
    }
  }

  /** A rotation is done on files, also while nothing runs: the log of the platform learns of it here, once. */
  async #noticeRotation(): Promise<void> {
    const { key, database, log, world } = this.#options;
    await key.refresh?.();
    const { id } = key;
    const former = key.former?.at(-1);
    if (this.#noticed === id || former === undefined) return;
    const system: Principal = {
      subject: 'system:audit',
      tenantId: undefined,
      role: 'platform_admin',
      expiresAt: world.clock.now(),
    };
    await database.inPlatform(async (tx) => {
      if (await isRotationKnown(tx, id)) return;
      log.info({ key_id: id, action: ROTATION }, 'another audit key signs');
      await writePlatformAudit(tx, system, '', {
        action: ROTATION,
        objectType: 'audit_key',
        objectId: id,
        before: { key_id: keyIdOf(former.former) },
        after: { key_id: id },
        requestId: '',
      });
    });
    this.#noticed = id;
  }

  /** Seals all rows of a chain that are committed now. */
  seal(chain: Chain): Promise<void> {
    const turn = this.#turn.then(() => this.#seal(chain));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #seal(chain: Chain): Promise<void> {
    const { database } = this.#options;
    for (;;) {
      const ids = await database.inPlatform((tx) =>
        waitingRows(tx, chain.tenantId, BATCH_ROWS_MAX),
      );
      if (ids.length === 0) return;
      if ((await this.#sealBatch(chain, ids)) === 0) return;
    }
  }

  async #sealBatch(chain: Chain, ids: readonly string[]): Promise<number> {
    const { world, key, counters } = this.#options;
    const known = await this.#knownHead(chain);
    const sealed = await chain.inTransaction(async (tx) => {
      const rows = await unsealedRows(tx, chain.tenantId, ids);
      if (rows.length === 0) return undefined;
      const before = (await findEnd(tx, chain.tenantId)) ?? emptyChain(chain.name);
      const held = known === undefined ? undefined : await findHash(tx, chain.tenantId, known.seq);
      let end: ChainEnd = before;
      const seals = rows.map((row) => {
        end = extendChain(end, rowText(row));
        return { ...end, auditId: row.audit_id };
      });
      const signedAt = new Date(world.clock.now());
      const head = signStatement('head', chain.name, end, signedAt, key);
      await insertSeals(tx, chain.tenantId, seals);
      await insertStatement(tx, chain.tenantId, head);
      const intact = known === undefined || known.seq === 0 || held?.equals(known.hash) === true;
      return { head, rows: rows.length, intact };
    });
    if (sealed === undefined) return 0;
    if (!sealed.intact) await this.#reportBroken(chain, known);
    await this.#remember(chain, sealed.head);
    counters.sealed(sealed.rows);
    counters.signed();
    return sealed.rows;
  }

  /** The newest head that is known outside of the database. */
  async #knownHead(chain: Chain): Promise<Statement | undefined> {
    if (this.#heads.has(chain.name)) return this.#heads.get(chain.name);
    const head = await readHead(this.#options.world, this.#options.headsFolder, chain.name);
    const known = head !== undefined && isSignedByAny(head, this.#options.key);
    this.#heads.set(chain.name, known ? head : undefined);
    return this.#heads.get(chain.name);
  }

  async #remember(chain: Chain, head: Statement): Promise<void> {
    const { world, headsFolder } = this.#options;
    this.#heads.set(chain.name, head);
    const path = headPath(headsFolder, chain.name);
    await world.disk.makeFolder(headsFolder);
    await replaceFile(world.disk, path, Buffer.from(`${statementLine(head)}\n`));
  }

  /** Says so, and keeps the head that the chain has lost: it is the evidence. */
  async #reportBroken(chain: Chain, known: Statement | undefined): Promise<void> {
    const { world, headsFolder, log, counters } = this.#options;
    counters.broken();
    log.error(
      { chain: chain.name, seq: known?.seq, action: 'audit.broken' },
      'the audit log in the database is not the one whose head was signed: it was rolled back or changed',
    );
    const path = headPath(headsFolder, chain.name);
    await world.disk.rename(path, `${path}.lost-${world.clock.now()}`).catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
    });
  }
}

/** Seals every {@link SEAL_MS} until it is stopped; what waits then is sealed by the next start. */
export function runSealer(sealer: Sealer, options: SealerOptions): { stop(): Promise<void> } {
  const { world, log, counters } = options;
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sealer.sealAll().catch((error: unknown) => {
        counters.failed();
        log.warn({ error: String(error) }, 'the audit logs cannot be sealed now');
      });
      await sleep(world.clock, SEAL_MS, stopping.signal);
    }
  };
  const running = loop();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
