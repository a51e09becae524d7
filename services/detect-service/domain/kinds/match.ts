import { SUPPRESSION_MS, suppressionRule } from '@tocsin/correlation/suppression.ts';
import Type, { type Static } from 'typebox';
import type { RuleKind } from '../rule-kind.ts';

const parameters = Type.Object(
  {
    /** How long further matches of the same group go to the open alert; default 1 hour. */
    suppress_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 7 * 86_400 })),
  },
  { additionalProperties: false },
);

/** Every match is evidence: the first of a group opens an alert, those within the suppression time join it. */
export const matchKind: RuleKind = {
  name: 'match',
  parameters,
  needsGroup: false,
  counting(document) {
    const { suppress_seconds: seconds } = document.parameters as Static<typeof parameters>;
    const window = suppressionRule(
      document.id,
      seconds === undefined ? SUPPRESSION_MS : seconds * 1000,
    );
    return { window, weigh: () => 1 };
  },
};
