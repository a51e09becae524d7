import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { withComponents } from './openapi-components.ts';
import { wholeDocument } from './openapi-whole.ts';
import { type Route, tenantRoute } from './route.ts';

const route = (change: Partial<Route> = {}): Route =>
  ({
    ...tenantRoute({
      method: 'GET',
      path: '/v1/things',
      operationId: 'listThings',
      summary: 'List things',
      tags: ['things'],
      permission: 'cases:read',
      responses: { 200: undefined },
      handle: async () => ({ status: 200 }),
    }),
    ...change,
  }) as Route;

type Document = { paths: Record<string, Record<string, Record<string, unknown>>> };

describe('the document of several processes', () => {
  it('names the processes of each operation and prints the last one’s words', () => {
    const document = wholeDocument('1', [
      { process: 'front', routes: [route({ summary: 'Forwarded' })] },
      { process: 'back', routes: [route(), route({ path: '/v1/a', operationId: 'listA' })] },
    ]) as Document;
    expect(Object.keys(document.paths)).toEqual(['/v1/a', '/v1/things']);
    expect(document.paths['/v1/things']?.['get']).toMatchObject({
      summary: 'List things',
      'x-tocsin-processes': ['front', 'back'],
    });
  });

  it.each<[string, Partial<Route>]>([
    ['permission', { permission: 'cases:write' }],
    ['scope', { scope: 'platform' } as Partial<Route>],
    ['name', { operationId: 'other' }],
  ])('is not made of processes that disagree on the %s of an operation', (_, change) => {
    const tables = [
      { process: 'front', routes: [route()] },
      { process: 'back', routes: [route(change)] },
    ];
    expect(() => wholeDocument('1', tables)).toThrow(/in each process/);
  });
});

describe('schemas with a title', () => {
  const Part = Type.Object({ id: Type.String() }, { title: 'A part' });

  it('are kept once, by name', () => {
    const components = {};
    const whole = Type.Object({ first: Part, rest: Type.Array(Part) }, { title: 'Whole' });
    expect(withComponents(whole, components)).toEqual({ $ref: '#/components/schemas/Whole' });
    expect(components).toMatchObject({
      APart: { properties: { id: { type: 'string' } } },
      Whole: {
        properties: {
          first: { $ref: '#/components/schemas/APart' },
          rest: { items: { $ref: '#/components/schemas/APart' } },
        },
      },
    });
  });

  it('stay in their place when another one has that title', () => {
    const components = {};
    withComponents(Part, components);
    const other = Type.Object({ id: Type.Integer() }, { title: 'A part' });
    expect(withComponents(other, components)).toMatchObject({ title: 'A part', type: 'object' });
    expect(components).toMatchObject({ APart: { properties: { id: { type: 'string' } } } });
  });
});
