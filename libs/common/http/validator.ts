import { pointerPart } from '@tocsin/kernel/json.ts';
import { Problem, type ProblemFault } from '@tocsin/kernel/problem.ts';
import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { TSchema } from 'typebox';

/** Most faults named in one answer. */
export const FAULTS_MAX = 20;

/** Checks a value, fills defaults in, and returns it. @throws {@link Problem} `invalid_request` naming each member at fault */
export type Check = (value: unknown) => unknown;

const SHARED: Options = {
  strict: true,
  strictTypes: false,
  strictTuples: false,
  allErrors: true,
  useDefaults: true,
  removeAdditional: false,
};

/** Bodies are taken as they are: `"5"` is not 5. */
const strict = withFormats(new Ajv2020({ ...SHARED, coerceTypes: false }));
/** Paths and queries are text, so `limit=5` becomes 5; a parameter that may repeat becomes a list. */
const coercing = withFormats(new Ajv2020({ ...SHARED, coerceTypes: 'array' }));

/** Where a checked value came from: it begins the pointers of what is wrong (bodies need no prefix). */
export type Place = 'body' | 'query' | 'path';

/** Compiles a schema once, into the check that each request runs. */
export function compileCheck(schema: TSchema, place: Place): Check {
  const validate = (place === 'body' ? strict : coercing).compile(schema);
  const prefix = place === 'body' ? '' : `/${place}`;
  return (value) => {
    if (validate(value)) return value;
    throw invalid(validate.errors ?? [], prefix);
  };
}

function invalid(found: readonly ErrorObject[], prefix: string): Problem {
  const errors = found.slice(0, FAULTS_MAX).map((error) => faultOf(error, prefix));
  const [first] = errors;
  const name = first === undefined || first.pointer === '' ? 'the body' : first.pointer;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  return new Problem('invalid_request', {
    detail: `${name} ${first?.detail ?? 'is not valid'}${more}`,
    errors,
  });
}

function faultOf(error: ErrorObject, prefix: string): ProblemFault {
  const at = `${prefix}${error.instancePath}`;
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${at}${pointerPart(String(params['missingProperty']))}`,
        detail: 'is required',
      };
    case 'additionalProperties':
      return {
        pointer: `${at}${pointerPart(String(params['additionalProperty']))}`,
        detail: 'is not a known member',
      };
    case 'enum':
      return {
        pointer: at,
        detail: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`,
      };
    case 'const':
      return { pointer: at, detail: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'not':
      return { pointer: at, detail: 'is not allowed' };
    default:
      return { pointer: at, detail: error.message ?? 'is not valid' };
  }
}

function withFormats(ajv: Ajv2020): Ajv2020 {
  // The package is CommonJS: its plugin is the export itself, typed as `default`.
  const plugin = formats as unknown as (target: Ajv2020) => Ajv2020;
  return plugin(ajv);
}
