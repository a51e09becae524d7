import type { SigmaReady } from '@tocsin/detect-service/domain/sigma/sigma-match.ts';
import { packLists, unpackLists } from '@tocsin/sigma/index/carried-lists.ts';
import type { Work } from '@tocsin/sigma/index/work.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { RuleSet } from '@tocsin/sigma/rule-set.ts';

/** What is in use of a reading. */
export type CarriedContent = Pick<SigmaContent, 'rules' | 'silent' | 'correlations' | 'inactive'>;

/** What the pipeline's thread takes into use: everything is built. */
export type ReadyContent = SigmaReady & Pick<SigmaContent, 'inactive'>;

/** Rules and the tables to match them with as pieces of bytes, see `packLists`. Builds the tables. */
export function packSigma(content: CarriedContent): Uint8Array<ArrayBuffer>[] {
  const { rules, silent, correlations, inactive } = content;
  const tables = Object.entries(new RuleSet(rules).lists());
  return packLists({
    ...Object.fromEntries(tables.map(([name, values]) => [`${TABLE}${name}`, values])),
    rules,
    silent: [...silent],
    correlations,
    inactive,
  });
}

const TABLE = 'table ';

/** The same again, piece by piece. */
export function* unpackSigma(pieces: readonly Uint8Array[]): Work<ReadyContent> {
  const lists = yield* unpackLists(pieces);
  const tables = Object.entries(lists).flatMap(([name, values]) =>
    name.startsWith(TABLE) ? [[name.slice(TABLE.length), values] as const] : [],
  );
  const { rules, silent, correlations, inactive } = lists as unknown as Record<
    keyof CarriedContent,
    readonly never[]
  >;
  const set = yield* RuleSet.carried(rules, Object.fromEntries(tables));
  return { rules, silent: new Set(silent), correlations, inactive, set };
}
