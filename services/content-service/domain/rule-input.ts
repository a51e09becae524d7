import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { RuleHead } from '@tocsin/content/rule-document.ts';
import Type, { type Static } from 'typebox';
import type { RuleEngine } from '../content-deps.ts';

const { version: _version, enabled_by_default: _default, ...head } = RuleHead.properties;

/** A rule as people write it: versions are counted here. The condition is checked by the engine. */
export const RuleInput = Type.Object(
  {
    ...head,
    condition: Type.Optional(
      Type.Unknown({
        description: 'See docs/guides/add-a-rule.md. Only a rule of kind sequence may be without',
      }),
    ),
  },
  { additionalProperties: false, title: 'Rule to keep' },
);
export type RuleInput = Static<typeof RuleInput>;

/**
 * The document of a version.
 *
 * @throws Problem `invalid_request` that points at the member at fault
 */
export function documentOf(engine: RuleEngine, input: RuleInput, version: number): RuleDocument {
  return engine.check({ ...input, version });
}
