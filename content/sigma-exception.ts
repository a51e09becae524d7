import Type, { type Static } from 'typebox';

/** Most exceptions of one rule. */
export const EXCEPTIONS_MAX = 50;

/** Events that a Sigma rule leaves out for a tenant. */
export const SigmaException = Type.Object(
  {
    reason: Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'Why, for whoever asks later',
    }),
    detection: Type.Object(
      { condition: Type.String({ minLength: 1, maxLength: 2000 }) },
      {
        additionalProperties: true,
        description:
          'Search identifiers and a condition, as in a Sigma rule: events that meet it are no matches of the rule',
      },
    ),
  },
  { additionalProperties: false, title: 'Exception of a Sigma rule' },
);
export type SigmaException = Static<typeof SigmaException>;
