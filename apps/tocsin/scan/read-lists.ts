import { readFile } from 'node:fs/promises';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { LoadOptions } from '@tocsin/sigma/rule/load-rules.ts';

/** Reads the values of placeholders: JSON with a list by each name. @throws Problem when it is none */
export async function readLists(file: string | undefined): Promise<LoadOptions> {
  if (file === undefined) return {};
  const lists = await readJson(file);
  const isSound =
    typeof lists === 'object' &&
    lists !== null &&
    Object.values(lists).every(
      (list) =>
        Array.isArray(list) && list.every((item) => ['string', 'number'].includes(typeof item)),
    );
  if (isSound) return { lists: lists as Record<string, (string | number)[]> };
  const detail = `${file} must be a JSON object of lists: {"admins": ["root", "adm*"]}.`;
  throw new Problem('invalid_request', { detail });
}

/** Reads a JSON file. @throws Problem when it cannot be read or is none */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const why =
      cause instanceof SyntaxError
        ? cause.message
        : String(cause instanceof Error && 'code' in cause ? cause.code : cause);
    throw new Problem('invalid_request', { detail: `${file} cannot be read: ${why}.`, cause });
  }
}
