import { describe, expect, it } from 'vitest';
import { EVENT_BUS_CASES, type OpenedBus, runBusCase } from './conformance.ts';
import type { Assignment, EventBus, LogHandler } from './event-bus.ts';
import { openLmdbTestBus } from './testing/open-test-bus.ts';

/** A fault, made by a thin layer over a sound bus, and the cases that must notice it. */
interface Fault {
  readonly name: string;
  readonly breaks: (bus: EventBus) => Partial<EventBus>;
  readonly noticedBy: readonly string[];
  readonly ignoresLimits?: boolean;
}

function wrapping(handler: LogHandler, handle: LogHandler['handle']): LogHandler {
  return {
    handle,
    assigned: async (assignment) => handler.assigned?.(assignment),
    revoked: async (assignment) => handler.revoked?.(assignment),
  };
}

const FAULTS: readonly Fault[] = [
  {
    name: 'acknowledges frames that it does not keep',
    breaks: (bus) => ({ publish: (frames) => bus.publish(frames.slice(1)) }),
    noticedBy: [
      'delivers a frame with all its members and exactly its bytes',
      'keeps what was acknowledged when its process ends',
    ],
  },
  {
    name: 'delivers out of order',
    breaks: (bus) => ({
      consumeLog: (topic, group, handler, options) => {
        const reversed = wrapping(handler, (entries, assignment) =>
          handler.handle(entries.toReversed(), assignment),
        );
        return bus.consumeLog(topic, group, reversed, options);
      },
    }),
    noticedBy: ['keeps the order of a source and numbers its frames from 1 without gaps'],
  },
  {
    name: 'commits by itself what the handler did not commit',
    breaks: (bus) => ({
      consumeLog: (topic, group, handler, options) => {
        const eager = wrapping(handler, async (entries, assignment) => {
          await handler.handle(entries, assignment);
          await assignment.commit(entries.map(({ position }) => position));
        });
        return bus.consumeLog(topic, group, eager, options);
      },
    }),
    noticedBy: ['delivers again what was not committed, and only that'],
  },
  {
    name: 'pretends that a stale commit worked',
    breaks: (bus) => ({
      consumeLog: (topic, group, handler, options) => {
        const lax = (assignment: Assignment): Assignment => ({
          ...assignment,
          commit: (positions) => assignment.commit(positions).catch(() => undefined),
        });
        const fenceless: LogHandler = {
          handle: (entries, assignment) => handler.handle(entries, lax(assignment)),
          assigned: async (assignment) => handler.assigned?.(lax(assignment)),
        };
        return bus.consumeLog(topic, group, fenceless, options);
      },
    }),
    noticedBy: ['refuses the commit of an owner whose lease has passed on'],
  },
  {
    name: 'shows a tenant the dead letters of another',
    breaks: (bus) => ({
      deadLetters: (topic, group) => {
        const queue = bus.deadLetters(topic, group);
        return {
          discard: (...args) => queue.discard(...args),
          redrive: (...args) => queue.redrive(...args),
          list: async (_tenantId, limit) => {
            const { tenants } = await bus.depth(topic, group);
            const lists = tenants.map(({ tenantId }) => queue.list(tenantId, limit));
            return (await Promise.all(lists)).flat();
          },
        };
      },
    }),
    noticedBy: ['keeps the dead letters of tenants apart'],
  },
  {
    name: 'has no limits',
    ignoresLimits: true,
    breaks: () => ({}),
    noticedBy: [
      'refuses a tenant past its limit of waiting bytes, and takes more when some are done',
      'refuses everybody past the limit of the home',
    ],
  },
  {
    name: 'counts a failed work item as done',
    breaks: (bus) => ({
      consumeWork: (topic, group, handler, options) =>
        bus.consumeWork(
          topic,
          group,
          (item) => Promise.resolve(handler(item)).catch(() => undefined),
          options,
        ),
    }),
    noticedBy: [
      'retries a failed item after 2, 4, ... s without holding up others (B-021)',
      'parks an item at once when the problem will not go away',
    ],
  },
  {
    name: 'takes any group name',
    breaks: (bus) => ({ depth: (topic) => bus.depth(topic, 'any') }),
    noticedBy: ['refuses illegal group names'],
  },
];

/** The sound bus with the fault over it, also after it was opened again. */
function broken(bus: EventBus, fault: Fault): EventBus {
  const sound: EventBus = {
    capabilities: bus.capabilities,
    publish: (frames) => bus.publish(frames),
    consumeLog: (...args) => bus.consumeLog(...args),
    consumeWork: (...args) => bus.consumeWork(...args),
    depth: (...args) => bus.depth(...args),
    deadLetters: (...args) => bus.deadLetters(...args),
    close: () => bus.close(),
  };
  return { ...sound, ...fault.breaks(bus) };
}

describe('the conformance suite of EventBus', () => {
  for (const fault of FAULTS) {
    for (const name of fault.noticedBy) {
      it(`notices an adapter that ${fault.name}: ${name}`, async () => {
        const busCase = EVENT_BUS_CASES.find((known) => known.name === name);
        if (busCase === undefined) throw new Error(`there is no case "${name}"`);
        const open = async (limits: object): Promise<OpenedBus> => {
          const opened = await openLmdbTestBus(fault.ignoresLimits ? {} : limits);
          return {
            ...opened,
            bus: broken(opened.bus, fault),
            reopen: async () => broken(await opened.reopen(), fault),
          };
        };
        await expect(runBusCase(busCase, open, 1000)).rejects.toThrow();
      });
    }
  }

  it('has no two cases of one name', () => {
    const names = EVENT_BUS_CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
