import type { SigmaReady } from '@tocsin/detect-service/domain/sigma/sigma-match.ts';
import { type Piece, packLists, unpackLists } from '@tocsin/sigma/index/carried-lists.ts';
import type { Work } from '@tocsin/sigma/index/work.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { type PackedRules, packRules, unpackRules } from '@tocsin/sigma/rule/packed-rules.ts';
import { RuleSet } from '@tocsin/sigma/rule-set.ts';

/** What is in use of a reading. */
export type CarriedContent = Pick<SigmaContent, 'rules' | 'silent' | 'correlations' | 'inactive'>;

/** What the pipeline's thread takes into use: everything is built. */
export type ReadyContent = SigmaReady & Pick<SigmaContent, 'inactive'>;

/** Rules and the tables to match them with, in pieces, see `packLists`. Builds the tables. */
export function packSigma(content: CarriedContent): Piece[] {
  const { rules, silent, correlations, inactive } = content;
  const tables = Object.entries(new RuleSet(rules).lists());
  const { heads, bodies, ends } = packRules(rules);
  return packLists({
    ...Object.fromEntries(tables.map(([name, values]) => [`${TABLE}${name}`, values])),
    heads,
    rest: [{ bodies, ends }],
    silent: [...silent],
    correlations,
    inactive,
  });
}

const TABLE = 'table ';

/** What there is beside tables. */
interface Carried extends Omit<Record<keyof CarriedContent, readonly never[]>, 'rules'> {
  readonly heads: PackedRules['heads'];
  readonly rest: readonly [Omit<PackedRules, 'heads'>];
}

/** The same again, piece by piece. @param now a clock in milliseconds: with it the time of rules is sampled */
export function* unpackSigma(pieces: readonly Piece[], now?: () => number): Work<ReadyContent> {
  const lists = yield* unpackLists(pieces);
  const tables = Object.entries(lists).flatMap(([name, values]) =>
    name.startsWith(TABLE) ? [[name.slice(TABLE.length), values] as const] : [],
  );
  const { heads, rest, silent, correlations, inactive } = lists as unknown as Carried;
  const rules = yield* unpackRules({ heads, ...rest[0] });
  const set = yield* RuleSet.carried(
    rules,
    Object.fromEntries(tables),
    now === undefined ? {} : { now },
  );
  return { rules, silent: new Set(silent), correlations, inactive, set };
}
