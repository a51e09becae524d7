import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { Range } from './ledger.ts';
import { emptyTally, type Tally } from './tally.ts';

/** How far an earlier call got. */
export interface IngestProgress {
  /** Name of this sending: with an item's place it names a request, so that one sent twice is stored once. */
  readonly sending: string;
  readonly done: number;
  readonly ahead: readonly Range[];
  readonly tally: Tally;
  /** Receipts whose items were not all stored yet. */
  readonly receipts: readonly string[];
}

/** Remembers how far a file has been sent. */
export interface ProgressFile {
  read(): IngestProgress;
  /** Replaces what is remembered in one step. */
  write(progress: IngestProgress): void;
  /** The file is sent: forget it. */
  remove(): void;
}

const nothing = (): IngestProgress => ({
  sending: randomUUID(),
  done: 0,
  ahead: [],
  tally: emptyTally(),
  receipts: [],
});

/** Remembers nothing: for standard input, which cannot be read twice. */
export const noProgressFile: ProgressFile = {
  read: nothing,
  write: () => undefined,
  remove: () => undefined,
};

/**
 * Opens what is remembered of one file sent to one tenant of one server in one way. It belongs to the person who
 * sends, not to the server, and so lies in the user's state folder (XDG base directory specification 0.8).
 */
export function openProgressFile(
  identity: string,
  target: readonly string[],
  folder = stateFolder(),
): ProgressFile {
  const name = createHash('sha256')
    .update([identity, ...target].join('\n'))
    .digest('hex');
  const path = join(folder, `${name.slice(0, 32)}.json`);
  return {
    read: () => readProgress(path),
    write(progress) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, JSON.stringify(progress), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function stateFolder(): string {
  const base = process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state');
  return join(base, 'tocsin', 'ingest');
}

function readProgress(path: string): IngestProgress {
  try {
    const value: Partial<IngestProgress> = JSON.parse(readFileSync(path, 'utf8'));
    const { sending, done, ahead, tally, receipts } = value;
    if (
      typeof sending === 'string' &&
      typeof done === 'number' &&
      Array.isArray(ahead) &&
      Array.isArray(receipts)
    ) {
      return { sending, done, ahead, receipts, tally: { ...emptyTally(), ...tally } };
    }
  } catch (error) {
    if (!isAbsent(error) && !(error instanceof SyntaxError)) throw error;
  }
  return nothing();
}
