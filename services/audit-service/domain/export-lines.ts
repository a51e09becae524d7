import type { KeyObject } from 'node:crypto';

/** The first line of an export: which chain it is, and the key whose signature ends it. */
export function headerLine(chain: string, publicKey: KeyObject): string {
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return JSON.stringify({ type: 'audit', version: 1, chain, public_key: key });
}

/** A row with its place. The row's own text stands in it unchanged. */
export function entryLine(seq: number, hash: Buffer, text: string): string {
  return `{"type":"entry","seq":${seq},"hash":"${hash.toString('hex')}","row":${text}}`;
}
