import { createHash } from 'node:crypto';
import { Condition, type RuleDocument } from '@tocsin/content/rule-document.ts';
import { CATEGORIES } from '@tocsin/contracts/canonical-event.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { LATENESS_MS } from '@tocsin/correlation/suppression.ts';
import { SEQUENCE_PLACES_MAX, SEQUENCE_STEPS_MAX } from '@tocsin/correlation/window.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static } from 'typebox';
import { Errors } from 'typebox/value';
import { compileCondition, type EventTest } from '../compile-condition.ts';
import type { RuleKind } from '../rule-kind.ts';

const closed = { additionalProperties: false } as const;

const Step = Type.Object(
  {
    /** For people: what this step is. */
    name: Type.String({ minLength: 1, maxLength: 80 }),
    /** The category of its events; default: the rule's. */
    category: Type.Optional(Type.String()),
    /** How often it must come before the next step; default once. */
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: SEQUENCE_PLACES_MAX })),
    condition: Type.Unknown(),
  },
  closed,
);
type Step = Static<typeof Step>;

const parameters = Type.Object(
  {
    steps: Type.Array(Step, { minItems: 2, maxItems: SEQUENCE_STEPS_MAX }),
    /** The longest time from the first event of the sequence to its last; a whole such time apart is too far. */
    within_seconds: Type.Integer({ minimum: 1, maximum: 7 * 86_400 }),
  },
  closed,
);

/** Alerts when the events of a group meet several steps one after the other, in event time. */
export const sequenceKind: RuleKind = {
  name: 'sequence',
  parameters,
  needsGroup: true,
  conditionRequired: false,
  categories(document) {
    const { steps } = document.parameters as Static<typeof parameters>;
    return [...new Set(steps.map((step) => step.category ?? document.category))];
  },
  counting(document) {
    const { steps, within_seconds } = document.parameters as Static<typeof parameters>;
    const sequence = steps.flatMap((step, index) => new Array<number>(step.count ?? 1).fill(index));
    if (sequence.length > SEQUENCE_PLACES_MAX) {
      const detail = `the counts of all steps add up to at most ${SEQUENCE_PLACES_MAX}`;
      throw invalid(document, '/parameters/steps', detail);
    }
    const tests = steps.map((step, index) => stepTest(document, step, index));
    return {
      window: {
        id: `${document.id}#${fingerprint(steps)}`,
        windowMs: within_seconds * 1000,
        threshold: 1,
        latenessMs: LATENESS_MS,
        sequence,
      },
      weigh: () => 1,
      stepsOf: (event) => stepsMet(tests, event),
    };
  },
};

/** The steps that an event meets, as bits. */
function stepsMet(tests: readonly EventTest[], event: NormalizedEvent): number {
  let bits = 0;
  for (const [index, test] of tests.entries()) if (test(event)) bits |= 1 << index;
  return bits;
}

function stepTest(document: RuleDocument, step: Step, index: number): EventTest {
  const pointer = `/parameters/steps/${index}`;
  const category = step.category ?? document.category;
  if (!CATEGORIES.some((known) => known === category)) {
    throw invalid(document, `${pointer}/category`, `must be one of ${CATEGORIES.join(', ')}`);
  }
  const fault = Errors(Condition, step.condition)[0];
  if (fault !== undefined) {
    throw invalid(document, `${pointer}/condition${fault.instancePath}`, fault.message);
  }
  const test = compileCondition(step.condition as Condition, `${pointer}/condition`);
  return (event) => event.category === category && test(event);
}

/** Steps that were changed are not what a window has counted: it begins anew. */
function fingerprint(steps: readonly Step[]): string {
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, 12);
}

function invalid(document: RuleDocument, pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `rule ${document.id} is not valid at ${pointer}: ${detail}`,
    errors: [{ pointer, detail }],
  });
}
