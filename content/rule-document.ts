import Type, { type Static } from 'typebox';

/** Deepest nesting of a condition. */
export const CONDITION_DEPTH_MAX = 16;

/** Most values one comparison lists. */
export const CONDITION_VALUES_MAX = 500;

const closed = { additionalProperties: false } as const;
const name = (pattern: string) => Type.String({ pattern, maxLength: 80 });
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const oneOrMany = <Item extends Type.TSchema>(item: Item) =>
  Type.Union([item, Type.Array(item, { minItems: 1, maxItems: CONDITION_VALUES_MAX })]);
const test = <Members extends Type.TProperties>(members: Members) =>
  Type.Object({ field: Type.String({ minLength: 1, maxLength: 200 }), ...members }, closed);

/**
 * What an event must be for a rule to match: comparisons of one field each, joined by `all`, `any` and `not`.
 * Text is compared without regard to case; a list means any of its values; an absent field meets only `exists: false`.
 * A field that holds a list meets a comparison when one of its items does.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Comparison;

/** One comparison of {@link Condition}. */
export const Comparison = Type.Union([
  test({ equals: oneOrMany(scalar) }),
  test({ contains: oneOrMany(Type.String({ minLength: 1 })) }),
  /** Whole words: `sudo` is not in `sudoku`. A text of several words is found as it stands. */
  test({ words: oneOrMany(Type.String({ minLength: 1 })) }),
  test({ starts_with: oneOrMany(Type.String({ minLength: 1 })) }),
  test({ ends_with: oneOrMany(Type.String({ minLength: 1 })) }),
  test({ at_least: Type.Number() }),
  test({ exists: Type.Boolean() }),
]);
export type Comparison = Static<typeof Comparison>;

/** The schema of {@link Condition}. */
export const Condition = Type.Cyclic(
  {
    Condition: Type.Union([
      Type.Object({ all: Type.Array(Type.Ref('Condition'), { minItems: 1 }) }, closed),
      Type.Object({ any: Type.Array(Type.Ref('Condition'), { minItems: 1 }) }, closed),
      Type.Object({ not: Type.Ref('Condition') }, closed),
      Comparison,
    ]),
  },
  'Condition',
);

/** The keys of a Sigma logsource that an event must have; what is left out may be anything. */
export const RuleLogsource = Type.Object(
  {
    product: Type.Optional(Type.String()),
    category: Type.Optional(Type.String()),
    service: Type.Optional(Type.String()),
  },
  closed,
);
export type RuleLogsource = Static<typeof RuleLogsource>;

/** The part of a rule document that every kind has, without its condition. */
export const RuleHead = Type.Object({
  /** Stable for ever: alerts' ids derive from it. */
  id: name('^[a-z][a-z0-9-]*$'),
  /** What alerts call it. */
  name: name('^[a-z][a-z0-9_]*$'),
  /** Grows with every change of what it matches. */
  version: Type.Integer({ minimum: 1 }),
  /** Which kind of rule reads `parameters`. */
  kind: name('^[a-z][a-z0-9_]*$'),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  /** One or two sentences. `{count}`, `{total}` and `{group}` are replaced by the alert's. */
  description: Type.String({ minLength: 1, maxLength: 2000 }),
  severity: Type.Integer({ minimum: 0, maximum: 10 }),
  /** The event category it looks at: others are never tested. */
  category: Type.String(),
  /** When given, an event must have one of these. */
  logsources: Type.Optional(Type.Array(RuleLogsource, { minItems: 1 })),
  /** Fields whose values together name what an alert is about. Default: the actor, else the target. */
  group_by: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 5 })),
  /** What the kind needs beyond this; the kind has its schema. */
  parameters: Type.Record(Type.String(), Type.Unknown()),
  /** `attack.t1110` and the like, and free words. */
  tags: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 32 }),
  /** Whether it runs where a tenant has not said; absent is yes. */
  enabled_by_default: Type.Optional(Type.Boolean()),
  /** When it fires although nothing is wrong, for the analyst. */
  false_positives: Type.Optional(Type.Array(Type.String())),
});

/** A rule as data: the head that every kind has, and what an event must be. */
export type RuleDocument = Readonly<Static<typeof RuleHead>> & {
  /** Absent only where the kind says otherwise what matches. */
  readonly condition?: Condition;
};
