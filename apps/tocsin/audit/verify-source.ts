import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseStatement, type Statement } from '@tocsin/audit-service/domain/statement.ts';
import {
  type AuditKnowledge,
  type AuditVerdict,
  AuditVerifier,
} from '@tocsin/audit-service/domain/verify-export.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Longest line read: no audit row is near it. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Checks an export that comes in pieces. Only a line feed ends a line: rows may hold any other character.
 * UNTRUSTED: the source.
 */
export async function verifySource(
  source: AsyncIterable<Buffer>,
  knowledge: AuditKnowledge,
): Promise<AuditVerdict> {
  const verifier = new AuditVerifier(knowledge);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    let from = 0;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      verifier.line(bytes.toString('utf8', from, at));
      from = at + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LINE_BYTES_MAX) {
      throw new Problem('invalid_request', { detail: 'the file has a line of more than 16 MiB' });
    }
  }
  if (rest.length > 0) verifier.line(rest.toString('utf8'));
  return verifier.finish();
}

/** Reads a public key (PEM). */
export async function readPublicKey(path: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(path));
  } catch (cause) {
    const detail = `${path} is no public key: give the audit.public.pem of the installation's keys folder.`;
    throw new Problem('invalid_request', { detail, cause });
  }
}

/** The same, or undefined where there is no such file. */
export async function findPublicKey(path: string): Promise<KeyObject | undefined> {
  try {
    await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return readPublicKey(path);
}

/** Reads a head known before: a `.head` file, or an older export, whose last line is its head. */
export async function readKnownHead(path: string): Promise<Statement> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Problem('invalid_request', {
      detail: `cannot read ${path}: ${cause.message}`,
      cause,
    });
  });
  const head = parseStatement(text.trimEnd().split('\n').at(-1) ?? '');
  if (head !== undefined) return head;
  throw new Problem('invalid_request', {
    detail: `${path} ends in no signed head: give a .head file or an older export.`,
  });
}
