import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { printOpenapi, readOpenapi } from './testing/print-openapi.ts';
import { routeTables } from './testing/route-tables.ts';

interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly 'x-tocsin-processes': readonly string[];
  readonly 'x-tocsin-permission': string;
  readonly 'x-tocsin-scope': string;
}

const kept = JSON.parse(readOpenapi()) as ApiDocument;

/** One line per operation that a process serves: what nobody may change without a look at it. */
const documented = Object.entries(kept.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, operation]) =>
    operation['x-tocsin-processes'].map((process) =>
      lineOf(process, method, path, operation.operationId, operation),
    ),
  ),
);
const served = routeTables().flatMap(({ process, routes }) =>
  routes.map((route) =>
    lineOf(process, route.method, route.path, route.operationId, {
      'x-tocsin-scope': route.scope,
      'x-tocsin-permission': route.permission,
    }),
  ),
);

function lineOf(
  process: string,
  method: string,
  path: string,
  name: string,
  guard: Pick<Operation, 'x-tocsin-scope' | 'x-tocsin-permission'>,
): string {
  const how = `${guard['x-tocsin-scope']} ${guard['x-tocsin-permission']}`;
  return `${process}: ${method.toUpperCase()} ${path} ${name} (${how})`;
}

describe('docs/reference/openapi.json (B-011)', () => {
  it('has every route of every process with its scope and permission', () => {
    expect(served.filter((line) => !documented.includes(line))).toEqual([]);
  });

  it('has the API of cases, each operation described with its answers (A-064)', () => {
    const cases = Object.entries(kept.paths).filter(([path]) => path.startsWith('/v1/cases'));
    expect(cases.map(([path]) => path)).toEqual(
      expect.arrayContaining(['/v1/cases', '/v1/cases/{id}', '/v1/cases/{id}/alerts']),
    );
    for (const [path, operations] of cases) {
      for (const operation of Object.values(operations)) {
        expect(operation.summary, path).toBeTruthy();
        expect(Object.keys(operation.responses), path).toEqual(
          expect.arrayContaining([expect.stringMatching(/^20/), 'default']),
        );
      }
    }
  });

  it('has no operation that no process serves', () => {
    expect(documented.filter((line) => !served.includes(line))).toEqual([]);
  });

  it('is what `npm run openapi` prints', () => {
    expect(kept).toEqual(JSON.parse(printOpenapi()));
  });

  it('is a valid OpenAPI 3.1 document', async () => {
    expect(kept.openapi).toBe('3.1.0');
    const validator = new Validator();
    const { errors, valid } = await validator.validate(JSON.parse(readOpenapi()));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });
});
