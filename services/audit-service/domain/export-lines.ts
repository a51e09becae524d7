import { publicKeyText, successionLine } from './key-succession.ts';
import type { AuditKey } from './statement.ts';

/**
 * The first lines of an export: which chain it is, the installation's first key, and how each later one took over. The
 * last of them signs the end.
 */
export function headerLines(chain: string, { publicKey, former = [] }: AuditKey): string[] {
  const first = publicKeyText(former[0]?.former ?? publicKey);
  const header = JSON.stringify({ type: 'audit', version: 1, chain, public_key: first });
  return [header, ...former.map(successionLine)];
}

/** A row with its place. The row's own text stands in it unchanged. */
export function entryLine(seq: number, hash: Buffer, text: string): string {
  return `{"type":"entry","seq":${seq},"hash":"${hash.toString('hex')}","row":${text}}`;
}
