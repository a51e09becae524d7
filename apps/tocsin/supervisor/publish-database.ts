import { migrate } from '@tocsin/database/migrate.ts';
import { prepareDatabase } from '@tocsin/database/prepare-database.ts';
import { replaceFile } from '@tocsin/kernel/disk.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { databaseLogOn } from './database-log.ts';
import type { LogStream } from './log-stream.ts';

/**
 * What `database.json` holds for the other processes: connections of the two roles that work needs.
 * The owner's is not among them: only the supervisor migrates.
 */
export interface PublishedDatabase {
  readonly app: string;
  readonly platform: string;
}

/** Makes roles, brings the schema up to date, and writes the connections for the other processes (mode 0600). */
export async function publishDatabase(
  url: string,
  home: Home,
  world: World,
  log: LogStream,
): Promise<void> {
  const urls = await prepareDatabase({ url, keysFolder: home.keys, world });
  const applied = await migrate(urls, { log: databaseLogOn(log.own) });
  if (applied.length > 0) log.own.info('the database schema was brought up to date', { applied });
  const published: PublishedDatabase = { app: urls.app, platform: urls.platform };
  await replaceFile(world.disk, home.databaseFile, Buffer.from(JSON.stringify(published)));
}
