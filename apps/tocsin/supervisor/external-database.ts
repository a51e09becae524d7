import { compactDatabase } from '@tocsin/database/compact-database.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import type { DatabasePart } from './database-part.ts';
import type { LogStream } from './log-stream.ts';
import { publishDatabase } from './publish-database.ts';

/** A PostgreSQL that somebody else runs (`TOCSIN_DATABASE_URL`): reached and migrated, never started or stopped. */
export function externalDatabase(
  url: string,
  home: Home,
  world: World,
  log: LogStream,
): DatabasePart {
  return {
    open: () => publishDatabase(url, home, world, log),
    compact: () => compactDatabase(url),
    report: () => [],
    close: () => Promise.resolve(),
  };
}
