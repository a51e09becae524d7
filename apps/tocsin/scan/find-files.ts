import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Most files one call looks at. */
export const FILES_MAX = 1_000_000;

const RULE_NAMES = new Set(['.yml', '.yaml']);
/** Lies beside rules and logs and is neither. */
const PAPERS =
  /^(?:license|licence|notice|readme|changelog|copying)(?:\.|$)|\.md$|\.samples\.json$/i;

export function isRuleName(path: string): boolean {
  return RULE_NAMES.has(extname(path).toLowerCase());
}

/** The files of a path in order: itself, or everything below it that a filter takes. Links to folders are not followed. */
export async function filesBelow(
  path: string,
  takes: (name: string) => boolean,
): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const out: string[] = [];
  await collect(path, takes, out);
  return out;
}

/** The rule files of a path. */
export function ruleFiles(path: string): Promise<string[]> {
  return filesBelow(path, isRuleName);
}

/** The files of a path that may be logs. */
export function logFiles(path: string): Promise<string[]> {
  return filesBelow(path, (name) => !isRuleName(name) && !PAPERS.test(name));
}

/**
 * Whether a path among the files to scan is meant as rules: `--rules a b log.evtx` names two. A rule file is; so is a
 * folder that holds rule files and nothing that may be a log.
 */
export async function isRulePath(path: string): Promise<boolean> {
  if (path === '-') return false;
  if (!(await isFolder(path))) return isRuleName(path);
  return (await ruleFiles(path)).length > 0 && (await logFiles(path)).length === 0;
}

async function collect(
  folder: string,
  takes: (name: string) => boolean,
  out: string[],
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(path, takes, out);
    else if (takes(entry.name) && (await isFile(entry, path))) out.push(path);
    if (out.length > FILES_MAX) {
      const detail = `${folder} holds more than ${FILES_MAX} files. Scan its parts one by one.`;
      throw new Problem('invalid_request', { detail });
    }
  }
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : String(cause);
    const detail = `${path} cannot be read (${why}). Give a file, a folder, or - for standard input.`;
    throw new Problem('invalid_request', { detail, cause });
  }
}
