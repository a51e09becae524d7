import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import type { ContentDeps } from '../content-deps.ts';

const Verdict = Type.Object(
  {
    valid: Type.Boolean(),
    errors: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
  },
  { title: 'Verdict on a rule' },
);

/** `POST /v1/rules/validate`: says whether a rule could be kept, and where not. Keeps nothing. */
export function validateRuleRoute({ ruleEngine }: ContentDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/rules/validate',
    operationId: 'validateRule',
    summary: 'Check a rule without keeping it',
    tags: ['rules'],
    permission: 'rules:read',
    body: Type.Object({}, { additionalProperties: true, description: 'A rule, as for createRule' }),
    responses: { 200: Verdict },
    handle: async (_tenant, { body }) => {
      try {
        ruleEngine.check({ ...body, version: 1 });
        return { status: 200, body: { valid: true, errors: [] } };
      } catch (error) {
        if (!isProblem(error)) throw error;
        const errors =
          error.errors.length > 0 ? error.errors : [{ pointer: '', detail: error.detail ?? '' }];
        return { status: 200, body: { valid: false, errors } };
      }
    },
  });
}
