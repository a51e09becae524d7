import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { WindowGroup } from '@tocsin/correlation/window-group.ts';
import { parseWindowRecord, windowRecord } from '@tocsin/correlation/window-record.ts';

/** What one checkpoint holds: the groups of every tenant and the last offset applied of every source. */
export interface WindowCheckpoint {
  readonly applied: ReadonlyMap<string, number>;
  readonly tenants: readonly CheckpointTenant[];
  readonly companions: readonly CompanionState[];
}

/** What a companion keeps of one tenant. */
export interface CompanionState {
  readonly name: string;
  readonly tenantId: string;
  /** JSON without line ends. */
  readonly json: string;
}

export interface CheckpointTenant {
  readonly tenantId: string;
  /** Key and state of each group, stalest first. */
  readonly groups: readonly (readonly [string, WindowGroup])[];
}

/** First bytes of a checkpoint file; the digit is the format's version. */
const MAGIC = 'TCSNWIN1';
const HEADER_BYTES = MAGIC.length + 8 + 4;
/** Groups printed before other work of the process gets a turn. */
const GROUPS_PER_TURN = 500;

/**
 * Prints a checkpoint: header (magic, length, CRC-32 of what follows), then JSON lines.
 * Gives up its turn every few hundred groups, so that a large state does not stop the pipeline.
 */
export async function encodeCheckpoint(checkpoint: WindowCheckpoint): Promise<Buffer> {
  const parts: Buffer[] = [line(['applied', [...checkpoint.applied]])];
  for (const { tenantId, groups } of checkpoint.tenants) {
    parts.push(line(['tenant', tenantId, groups.length]));
    for (let first = 0; first < groups.length; first += GROUPS_PER_TURN) {
      parts.push(groupLines(groups.slice(first, first + GROUPS_PER_TURN)));
      await nextTurn();
    }
  }
  for (const { name, tenantId, json } of checkpoint.companions) {
    parts.push(line(['companion', name, tenantId]), Buffer.from(`[${json}]\n`));
    await nextTurn();
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeBigUInt64LE(BigInt(sum(parts)), MAGIC.length);
  header.writeUInt32LE(crcOf(parts), MAGIC.length + 8);
  return Buffer.concat([header, ...parts]);
}

/** Reads a checkpoint; undefined when the bytes are torn, flipped or of another format. Never throws. */
export function decodeCheckpoint(bytes: Buffer): WindowCheckpoint | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const body = bytes.subarray(HEADER_BYTES);
  if (bytes.readBigUInt64LE(MAGIC.length) !== BigInt(body.length)) return undefined;
  if (bytes.readUInt32LE(MAGIC.length + 8) !== crc32(body)) return undefined;
  return decodeLines(body);
}

function decodeLines(body: Buffer): WindowCheckpoint | undefined {
  const lines = linesOf(body);
  const head = lines.next().value;
  if (head === undefined || head[0] !== 'applied' || !Array.isArray(head[1])) return undefined;
  const tenants: CheckpointTenant[] = [];
  const companions: CompanionState[] = [];
  for (let next = lines.next(); next.value !== undefined; next = lines.next()) {
    const [mark, tenantId, count] = next.value;
    if (mark === 'companion') {
      const state = companionOf(next.value, lines.next().value);
      if (state === undefined) return undefined;
      companions.push(state);
      continue;
    }
    if (mark !== 'tenant' || typeof tenantId !== 'string' || typeof count !== 'number')
      return undefined;
    const groups = decodeGroups(lines, count);
    if (groups === undefined) return undefined;
    tenants.push({ tenantId, groups });
  }
  return { applied: new Map(head[1]), tenants, companions };
}

function companionOf(
  [, name, tenantId]: readonly unknown[],
  state: readonly unknown[] | undefined,
): CompanionState | undefined {
  if (typeof name !== 'string' || typeof tenantId !== 'string' || state?.length !== 1) {
    return undefined;
  }
  return { name, tenantId, json: JSON.stringify(state[0]) };
}

function decodeGroups(
  lines: Iterator<readonly unknown[] | undefined>,
  count: number,
): [string, WindowGroup][] | undefined {
  const groups: [string, WindowGroup][] = [];
  while (groups.length < count) {
    const [key, record] = lines.next().value ?? [];
    const group = parseWindowRecord(record);
    if (typeof key !== 'string' || group === undefined) return undefined;
    groups.push([key, group]);
  }
  return groups;
}

/** The JSON value of each line; ends early, with undefined, at a line that is no JSON array. */
function* linesOf(body: Buffer): Generator<readonly unknown[] | undefined, undefined> {
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(10, start);
    const value: unknown = JSON.parse(body.toString('utf8', start, end === -1 ? body.length : end));
    yield Array.isArray(value) ? value : undefined;
    start = end === -1 ? body.length : end + 1;
  }
  return undefined;
}

function groupLines(groups: readonly (readonly [string, WindowGroup])[]): Buffer {
  const lines = groups.map(([key, group]) => JSON.stringify([key, windowRecord(group)]));
  return Buffer.from(`${lines.join('\n')}\n`);
}

function line(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function sum(parts: readonly Buffer[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}

function crcOf(parts: readonly Buffer[]): number {
  return parts.reduce((crc, part) => crc32(part, crc), 0);
}
