import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Random } from '@tocsin/kernel/random.ts';
import { type ChainEnd, emptyChain, extendChain } from '../domain/chain.ts';
import { entryLine, headerLines } from '../domain/export-lines.ts';
import { succeed, successionLine } from '../domain/key-succession.ts';
import { keyIdOf, signStatement, statementLine } from '../domain/statement.ts';

/** A file after somebody was at it. */
export interface Tampering {
  readonly kind: string;
  readonly changed: string[];
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const FORGER = { id: keyIdOf(createPublicKey(privateKey)), privateKey, publicKey };

/** One random tampering with an intact export of at least four rows; `other` is an export of another chain. */
export function tamper(
  lines: readonly string[],
  other: readonly string[],
  random: Random,
): Tampering {
  const any = (count: number): number => Math.floor(random.fraction() * count);
  const first = firstRow(lines);
  const entry = (): number => first + any(lines.length - 1 - first);
  const kinds: Record<string, () => string[]> = {
    'byte changed': () => changeByte(lines, any),
    'value changed': () => {
      const at = entry();
      const shift = (text: string) =>
        text.replace(/"number": (\d+)/, (_, n) => `"number": ${+n + 7}`);
      return lines.with(at, shift(String(lines[at])));
    },
    'row deleted': () => lines.toSpliced(entry(), 1 + any(3)),
    'row inserted': () => lines.toSpliced(entry(), 0, String(lines[entry()])),
    'foreign row': () => lines.with(entry(), String(other[1])),
    'rows swapped': () => swap(lines, entry(), entry()),
    truncated: () => lines.slice(0, 1 + any(lines.length - 1)),
    'signature swapped': () => lines.with(-1, String(other.at(-1))),
    'hashes made anew': () => rehash(lines, entry()),
    'signed with another key': () => resign(rehash(lines, entry())),
    ...(firstRow(lines) === 1 ? {} : ofKeys(lines, any)),
  };
  const names = Object.keys(kinds);
  const kind = names[any(names.length)] as string;
  const changed = (kinds[kind] as () => string[])();
  // A swap of a row with itself changed nothing.
  return changed.join('\n') === lines.join('\n') ? tamper(lines, other, random) : { kind, changed };
}

function changeByte(lines: readonly string[], any: (count: number) => number): string[] {
  const bytes = Buffer.from(lines.join('\n'));
  const at = any(bytes.length);
  bytes[at] = (Number(bytes[at]) + 1 + any(255)) & 0xff;
  // Read as bytes are read from a file: what is no UTF-8 any more becomes the replacement character.
  return bytes.toString('utf8').split('\n');
}

/** What may be done to the lines of keys that took over. */
function ofKeys(lines: readonly string[], any: (count: number) => number) {
  const count = firstRow(lines) - 1;
  const key = (): number => 1 + any(count);
  const forged = (): string =>
    successionLine(succeed(FORGER, FORGER, new Date(Date.UTC(2026, 0, 1))));
  return {
    'key dropped': () => lines.toSpliced(key(), 1),
    'key repeated': () => lines.toSpliced(key(), 0, String(lines[key()])),
    'key inserted': () => lines.toSpliced(key(), 0, forged()),
    'key moved behind a row': () => {
      const at = key();
      return lines.toSpliced(at, 1).toSpliced(firstRow(lines), 0, String(lines[at]));
    },
    'first key changed': () => lines.with(0, String(headerLines(chainOf(lines), FORGER)[0])),
    'end signed by a former key': () => lines.slice(0, 1).concat(lines.slice(1 + count)),
  };
}

function firstRow(lines: readonly string[]): number {
  return lines.findIndex((line) => line.startsWith('{"type":"entry"'));
}

function swap(lines: readonly string[], a: number, b: number): string[] {
  return lines.with(a, String(lines[b])).with(b, String(lines[a]));
}

/** Drops one row and makes hashes and places of all that follow anew, as one without the key can. */
function rehash(lines: readonly string[], drop: number): string[] {
  const first = firstRow(lines);
  const rows = lines
    .slice(first, -1)
    .toSpliced(drop - first, 1)
    .map((line) => line.slice(line.indexOf('"row":') + '"row":'.length, -1));
  let end: ChainEnd = emptyChain(chainOf(lines));
  const entries = rows.map((row) => {
    end = extendChain(end, row);
    return entryLine(end.seq, end.hash, row);
  });
  return [...lines.slice(0, first), ...entries, String(lines.at(-1))];
}

/** Ends a file with a head of the forger's own key. */
function resign(lines: readonly string[]): string[] {
  const last = JSON.parse(String(lines.at(-2))) as { seq: number; hash: string };
  const end = { seq: last.seq, hash: Buffer.from(last.hash, 'hex') };
  return lines.with(
    -1,
    statementLine(signStatement('head', chainOf(lines), end, new Date(0), FORGER)),
  );
}

function chainOf(lines: readonly string[]): string {
  return (JSON.parse(String(lines[0])) as { chain: string }).chain;
}
