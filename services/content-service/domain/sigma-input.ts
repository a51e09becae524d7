import Type from 'typebox';

/** Longest Sigma text of a tenant's own, in characters. */
export const SIGMA_TEXT_MAX = 200_000;

/** A tenant's own Sigma text. */
export const SigmaInput = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: SIGMA_TEXT_MAX,
      description:
        'YAML: a rule, or a correlation with the rules it counts. The rule that alerts has a UUID as its id',
    }),
  },
  { additionalProperties: false, title: 'Sigma rule to keep' },
);
