import type {
  Assignment,
  Consumer,
  EventBus,
  LogEntry,
  LogHandler,
} from '@tocsin/bus/event-bus.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { expect, it } from 'vitest';
import { DEFERRED_TOPIC, DeferredLane } from './deferred-lane.ts';
import type { DeferredEntry } from './deferred-protocol.ts';
import { ACME, frameOf, RECEIVED_AT } from './testing/sample-log.ts';

const RULE = `title: Needle
name: needle
logsource: {product: linux, service: sshd}
detection: {sel: ['needle'], condition: sel}
`;
const LINES = ['one', 'two', 'three'].map((host) =>
  JSON.stringify({
    source: 'linux_auth',
    raw: `Mar  3 11:00:00 ${host} sshd[811]: needle`,
  }),
);
const ENTRY: LogEntry = {
  position: { topic: DEFERRED_TOPIC, shard: 0, tenantId: ACME, offset: 1 },
  frame: frameOf('hang', LINES, { contentType: 'application/x-tocsin-wrapped' }),
  replayed: false,
  firstOrdinal: 0,
};

/** A clock on which the first `late` times that are waited for are over at once: long before a thread can answer. */
class HastyClock extends ManualClock {
  #late: number;

  constructor(late: number) {
    super(RECEIVED_AT);
    this.#late = late;
  }

  override after(ms: number, run: () => void): () => void {
    if (this.#late === 0) return super.after(ms, run);
    this.#late -= 1;
    run();
    return () => undefined;
  }
}

/** Runs a lane over one frame, without a bus. */
async function take(late: number): Promise<{ given: DeferredEntry[]; parked: string[] }> {
  const given: DeferredEntry[] = [];
  const parked: string[] = [];
  const assignment: Assignment = {
    epoch: 1,
    committed: [],
    signal: new AbortController().signal,
    commit: async () => undefined,
    async deadLetter(_, ordinal, reason) {
      parked.push(`${ordinal} ${reason}`);
    },
  };
  const handled = Promise.withResolvers<void>();
  const bus: Pick<EventBus, 'consumeLog' | 'depth'> = {
    async consumeLog(_topic, _group, handler: LogHandler): Promise<Consumer> {
      void handler.handle([ENTRY], assignment).then(handled.resolve, handled.reject);
      return { stop: async () => undefined } as Consumer;
    },
    depth: async () => ({ tenants: [] }) as unknown as Awaited<ReturnType<EventBus['depth']>>,
  };
  const lane = new DeferredLane({
    bus: bus as EventBus,
    clock: new HastyClock(late),
    async give(entry) {
      given.push(entry);
    },
    barrier: async () => undefined,
  });
  const { rules } = loadSigma([{ name: 'rule', text: RULE }]);
  await lane.setRules(
    rules.map((rule) => ({ tenantId: '', rule })),
    0,
  );
  await handled.promise;
  await lane.stop();
  return { given, parked };
}

it('finds what a rule matches in a frame', async () => {
  const { given, parked } = await take(0);
  expect(given.map(({ found }) => found.length)).toEqual([3]);
  expect(parked).toEqual([]);
});

it('ends a thread that does not end, sets the event aside that it hangs on, and goes on with its neighbours', async () => {
  // The whole frame, then its first item alone.
  const { given, parked } = await take(2);
  expect(parked).toEqual([
    '0 a rule off the hot path did not end on it: the thread did not end within 60000 ms',
  ]);
  const [entry] = given;
  expect(entry?.found.map(({ ruleIds }) => ruleIds)).toEqual([['needle'], ['needle']]);
  expect(entry?.faults).toEqual([
    'the thread did not end within 60000 ms',
    'item 0 is parked: the thread did not end within 60000 ms',
  ]);
});
