import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { Readiness, ReadinessCheck } from '@tocsin/http/health.ts';
import type { RetentionState } from '@tocsin/retention-service/service.ts';
import type { Dispatcher } from 'undici';

/** PostgreSQL answers a round trip. */
export function databaseCheck(database: Database): ReadinessCheck {
  return {
    name: 'postgresql',
    async check() {
      await database.ping();
      return { status: 'ok', detail: 'PostgreSQL answers' };
    },
  };
}

/** The bus of this process: what a publish survives, how that is known, how much waits, and which files were damaged. */
export function busCheck(
  bus: EventBus & { readonly waitingBytes: number; readonly damaged: readonly string[] },
): ReadinessCheck {
  return {
    name: 'bus',
    check() {
      const { durable, durabilityKnown } = bus.capabilities;
      const waits = `${(bus.waitingBytes / 1e6).toFixed(1)} MB wait`;
      const isWhole = bus.damaged.length === 0;
      const files = isWhole
        ? ''
        : `; damaged, written anew, and as they were in a folder damaged beside them in data/bus: ${bus.damaged.join(', ')}`;
      return Promise.resolve({
        status: durable === 'power' && isWhole ? 'ok' : 'unknown',
        detail: `acknowledged frames survive: ${durable} (${durabilityKnown}); ${waits}${files}`,
      });
    },
  };
}

/** When data was last removed by its age. A pass that fails is tried again, so it stops nothing from serving. */
export function retentionCheck(state: () => RetentionState | undefined): ReadinessCheck {
  return {
    name: 'retention',
    check() {
      const { passedAt, failedAt } = state() ?? {};
      const passed =
        passedAt === undefined
          ? 'no pass since the start; the first comes a minute after it'
          : `last passed ${new Date(passedAt).toISOString()}`;
      const detail =
        failedAt === undefined ? passed : `${passed}; failed ${new Date(failedAt).toISOString()}`;
      return Promise.resolve({ status: failedAt === undefined ? 'ok' : 'unknown', detail });
    },
  };
}

interface ReadyBody {
  readonly checks: readonly (Readiness & { readonly name: string })[];
}

/** What the data process says of its own parts, one check each, so that `/ready` of the gateway tells the whole truth. */
export function dataChecks(data: Dispatcher): ReadinessCheck[] {
  return ['bus', 'pipeline'].map((name) => ({
    name,
    async check() {
      const { checks } = JSON.parse(await get(data, '/ready')) as ReadyBody;
      const mine = checks.find((one) => one.name === name);
      return mine ?? { status: 'unknown', detail: 'the data process does not tell' };
    },
  }));
}

/** Metrics of the data process; none while it is away, which `/ready` tells. */
export async function dataMetrics(data: Dispatcher): Promise<string> {
  try {
    return await get(data, '/metrics');
  } catch {
    // Measurements of this process are worth having even then.
    return '';
  }
}

async function get(data: Dispatcher, path: string): Promise<string> {
  const answer = await data.request({ origin: 'http://data', method: 'GET', path });
  return answer.body.text();
}
