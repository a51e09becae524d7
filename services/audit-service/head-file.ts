import { join } from 'node:path';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { parseStatement, type Statement } from './domain/statement.ts';

/** The file of a chain's newest head. */
export function headPath(folder: string, chain: string): string {
  return join(folder, `${chain.replace(':', '_')}.head`);
}

/** The newest head known outside of the database, or undefined. */
export async function readHead(
  { disk }: Pick<World, 'disk'>,
  folder: string,
  chain: string,
): Promise<Statement | undefined> {
  try {
    return parseStatement((await disk.read(headPath(folder, chain))).toString('utf8').trim());
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
