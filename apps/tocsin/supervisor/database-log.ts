import type { DatabaseLog } from '@tocsin/database/log.ts';
import type { Log } from '@tocsin/telemetry/log.ts';

/** Our log in the form the database package writes to. Its routine lines are of use only when something is sought. */
export function databaseLogOn(log: Log): DatabaseLog {
  return {
    info: (members, sentence) => log.debug(sentence, { ...members }),
    warn: (members, sentence) => log.warn(sentence, { ...members }),
    error: (members, sentence) => log.error(sentence, { ...members }),
  };
}
