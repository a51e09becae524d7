import { decodeFrame } from '../frame-codec.ts';
import type { WorkOutcome } from '../work-feed.ts';
import { type BusCaller, checkGrant } from './grants.ts';
import { Members } from './members.ts';
import { unpackRecords } from './records.ts';
import type { ServableBus } from './serve-event-bus.ts';
import type { ServedSessions } from './served-sessions.ts';
import {
  packEntries,
  packLeased,
  packLetters,
  positionFromWire,
  positionToWire,
  receiptFromWire,
  tenantDepthToWire,
} from './wire.ts';

/** One request of another process. */
export interface BusRequest {
  readonly bus: ServableBus;
  readonly sessions: ServedSessions;
  readonly caller: BusCaller;
  /** UNTRUSTED */
  readonly body: Buffer;
  /** Aborted when the other process is gone. */
  readonly signal: AbortSignal;
}

/** Answers bytes, JSON, or nothing. */
export type BusOperation = (request: BusRequest) => Promise<Buffer | object | undefined>;

/** Longest wait of one call, in milliseconds, whatever was asked. */
const WAIT_MS_MAX = 60_000;

/** Everything a process can ask for, by path below `/internal/bus/`. */
export const OPERATIONS: ReadonlyMap<string, BusOperation> = new Map<string, BusOperation>([
  ['capabilities', async ({ bus }) => bus.capabilities],
  ['publish', publish],
  ['register', register],
  ['log/open', openLog],
  ['log/next', nextEntries],
  ['log/renew', renew],
  ['log/commit', commit],
  ['log/dead-letter', deadLetter],
  ['log/close', closeLog],
  ['work/lease', leaseWork],
  ['work/extend', extendWork],
  ['work/finish', finishWork],
  ['depth', depth],
  ['dead-letters/list', listLetters],
  ['dead-letters/redrive', redriveLetter],
  ['dead-letters/discard', discardLetter],
]);

async function publish({ bus, caller, body }: BusRequest): Promise<undefined> {
  const frames = unpackRecords(body).map((record) => decodeFrame(record).frame);
  for (const { topic } of frames) checkGrant(caller, 'publish', topic);
  await bus.publish(frames);
}

async function register({ bus, caller, body }: BusRequest): Promise<undefined> {
  const members = Members.parse(body);
  checkGrant(caller, 'consume', members.topic());
  await bus.registerGroup(members.topic(), members.text('group'), members.flag('from_newest'));
}

async function openLog({ bus, sessions, caller, body, signal }: BusRequest) {
  const members = Members.parse(body);
  const topic = members.logTopic();
  checkGrant(caller, 'consume', topic);
  const session = await bus.openLog({
    topic,
    group: members.text('group'),
    rewindMs: members.whole('rewind_ms'),
    waitMs: waitOf(members),
    signal,
    owner: { name: caller.name, run: members.text('run') },
  });
  if (session === undefined) return undefined;
  if (signal.aborted) {
    // Nobody would ever read from it, and its lease would keep the same process waiting.
    await session.close();
    return undefined;
  }
  return {
    session: sessions.add(caller.name, session),
    epoch: session.epoch,
    lease_ms: session.leaseMs,
    committed: session.committed.map(positionToWire),
  };
}

async function nextEntries(request: BusRequest): Promise<Buffer> {
  const members = Members.parse(request.body);
  const session = sessionOf(request, members);
  const waitMs = waitOf(members);
  return packEntries(await session.next(members.whole('bytes_max'), waitMs, request.signal));
}

async function renew(request: BusRequest): Promise<undefined> {
  await sessionOf(request, Members.parse(request.body)).renew();
}

async function closeLog(request: BusRequest): Promise<undefined> {
  await sessionOf(request, Members.parse(request.body)).close();
}

async function commit(request: BusRequest): Promise<undefined> {
  const members = Members.parse(request.body);
  const positions = members.list('positions').map(positionFromWire);
  await sessionOf(request, members).commit(positions);
}

async function deadLetter(request: BusRequest): Promise<undefined> {
  const [head = Buffer.alloc(0), record = Buffer.alloc(0)] = unpackRecords(request.body);
  const members = Members.parse(head);
  const item = {
    position: positionFromWire(members.object('position')),
    frame: decodeFrame(record).frame,
    replayed: false,
    firstOrdinal: members.whole('first_ordinal'),
  };
  const session = sessionOf(request, members);
  await session.deadLetter(item, members.whole('ordinal'), members.text('reason'));
}

async function leaseWork({ bus, caller, body, signal }: BusRequest): Promise<Buffer> {
  const members = Members.parse(body);
  const topic = members.workTopic();
  checkGrant(caller, 'consume', topic);
  const items = await bus.leaseWork({
    topic,
    group: members.text('group'),
    itemsMax: members.whole('items_max'),
    leaseMs: members.whole('lease_ms'),
    attemptsMax: members.whole('attempts_max'),
    waitMs: waitOf(members),
    signal,
  });
  return packLeased(items);
}

async function extendWork({ bus, caller, body }: BusRequest): Promise<undefined> {
  const members = Members.parse(body);
  const receipt = receiptFromWire(members.object('receipt'));
  checkGrant(caller, 'consume', receipt.topic);
  await bus.extendWork(receipt, members.whole('lease_ms'));
}

async function finishWork({ bus, caller, body }: BusRequest): Promise<undefined> {
  const members = Members.parse(body);
  const receipt = receiptFromWire(members.object('receipt'));
  checkGrant(caller, 'consume', receipt.topic);
  await bus.finishWork(receipt, outcomeOf(members));
}

async function depth({ bus, caller, body }: BusRequest): Promise<object> {
  const members = Members.parse(body);
  checkGrant(caller, 'consume', members.topic());
  const { tenants } = await bus.depth(members.topic(), members.text('group'));
  return { tenants: tenants.map(tenantDepthToWire) };
}

async function listLetters(request: BusRequest): Promise<Buffer> {
  const members = Members.parse(request.body);
  const after = members.optionalText('after');
  const queue = lettersOf(request, members);
  return packLetters(await queue.list(members.tenantId(), members.whole('limit'), after));
}

async function redriveLetter(request: BusRequest): Promise<object> {
  const members = Members.parse(request.body);
  const queue = lettersOf(request, members);
  return { found: await queue.redrive(members.tenantId(), members.text('id')) };
}

async function discardLetter(request: BusRequest): Promise<object> {
  const members = Members.parse(request.body);
  const queue = lettersOf(request, members);
  return { found: await queue.discard(members.tenantId(), members.text('id')) };
}

function lettersOf({ bus, caller }: BusRequest, members: Members) {
  checkGrant(caller, 'consume', members.topic());
  return bus.deadLetters(members.topic(), members.text('group'));
}

function sessionOf({ sessions, caller }: BusRequest, members: Members) {
  return sessions.get(caller.name, members.text('session'));
}

function waitOf(members: Members): number {
  return Math.min(WAIT_MS_MAX, members.whole('wait_ms'));
}

function outcomeOf(members: Members): WorkOutcome {
  switch (members.text('outcome')) {
    case 'retry':
      return { kind: 'retry', delayMs: members.whole('delay_ms') };
    case 'park':
      return { kind: 'park', reason: members.text('reason') };
    default:
      return { kind: 'done' };
  }
}
