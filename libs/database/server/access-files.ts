import * as fs from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** The login of SQL clients of the earlier system (C-034). */
export const READER_ROLE = 'app';

/** Where the server reads who may connect. */
export interface AccessFiles {
  readonly hbaFile: string;
  readonly identFile: string;
}

/**
 * Writes who may connect, and how (PostgreSQL 18, chapters 20.1 and 20.2): everybody by password, over loopback or the
 * socket, but {@link READER_ROLE}, which has none: the operating system's user who runs Tocsin is let in as that by the
 * socket, and nobody by network. No secrets are in these files.
 */
export async function writeAccessFiles(folder: string): Promise<AccessFiles> {
  const files = { hbaFile: join(folder, 'pg_hba.conf'), identFile: join(folder, 'pg_ident.conf') };
  const hba = [
    `local all ${READER_ROLE} peer map=tocsin`,
    `host all ${READER_ROLE} all reject`,
    'local all all scram-sha-256',
    'host all all 127.0.0.1/32 scram-sha-256',
    'host all all ::1/128 scram-sha-256',
  ];
  const user = ownName();
  // A slash in front would make it a regular expression.
  const ident = user === undefined ? [] : [`tocsin "${user.replaceAll('"', '""')}" ${READER_ROLE}`];
  await fs.writeFile(files.hbaFile, `${hba.join('\n')}\n`, { mode: 0o644 });
  await fs.writeFile(files.identFile, `${ident.join('\n')}\n`, { mode: 0o644 });
  await Promise.all([fs.chmod(files.hbaFile, 0o644), fs.chmod(files.identFile, 0o644)]);
  return files;
}

/** The name of who runs us; a container's number may have none. */
function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // then nobody is let in as the reader
  }
}
