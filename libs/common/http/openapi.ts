import Type, { type TSchema } from 'typebox';
import { type Components, withComponents } from './openapi-components.ts';
import { PROBLEM_MEDIA_TYPE, ProblemSchema } from './problem-document.ts';
import { publicRoute, type Route } from './route.ts';

/** What names the document. */
export interface OpenapiSubject {
  readonly service: string;
  readonly version: string;
  readonly routes: readonly Route[];
}

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of a route table: the schemas that validate are the ones printed. */
export function openapiDocument({ service, version, routes }: OpenapiSubject): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    paths[route.path] = operations;
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  const schemas: Components = { Problem: ProblemSchema };
  return {
    openapi: '3.1.0',
    info: { title: `Tocsin ${service}`, version, license: { name: 'MIT', identifier: 'MIT' } },
    paths: withComponents(paths, schemas),
    components: {
      schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** `GET /openapi.json`: the document of all given routes and of itself, printed once. */
export function openapiRoute(subject: OpenapiSubject): Route {
  let printed: string | undefined;
  const route: Route = publicRoute({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenapi',
    summary: 'This description of the API',
    tags: ['meta'],
    responses: { 200: Type.Object({}, { additionalProperties: true }) },
    handle: async () => {
      printed ??= JSON.stringify(
        openapiDocument({ ...subject, routes: [...subject.routes, route] }),
      );
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: printed,
      };
    },
  });
  return route;
}

function operationOf(route: Route): Json {
  const body = bodyOf(route);
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [...route.tags],
    parameters: parametersOf(route),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(route),
    ...(route.scope === 'public' ? { security: [] } : { security: [{ bearer: [] }] }),
    'x-tocsin-permission': route.permission,
    'x-tocsin-scope': route.scope,
  };
}

function parametersOf(route: Route): Json[] {
  const inPath = pathNames(route.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: propertiesOf('params' in route ? route.params : undefined)[name] ?? Type.String(),
  }));
  const required = requiredOf(route.query);
  const inQuery = Object.entries(propertiesOf(route.query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name) && schemaDefault(schema) === undefined,
    schema,
  }));
  const tenant = {
    name: 'X-Tenant-ID',
    in: 'header',
    required: false,
    description:
      'The tenant of the credential: needed with a JWT; with an API key it may be left out',
    schema: { type: 'string' },
  };
  return [...inPath, ...inQuery, ...(route.scope === 'tenant' ? [tenant] : [])];
}

function bodyOf(route: Route): Json | undefined {
  if ('kind' in route) {
    if (route.method === 'GET') return undefined;
    const schema = route.documentedBody ?? {};
    return { required: true, content: { 'application/json': { schema }, '*/*': {} } };
  }
  if (route.body === undefined) return undefined;
  return {
    required: !Type.IsOptional(route.body),
    content: {
      [route.bodyForm === true ? 'application/x-www-form-urlencoded' : 'application/json']: {
        schema: asSent(route.body),
      },
    },
  };
}

/** A body as clients may send it: what has a default may be left out. */
function asSent(schema: TSchema): Json {
  const properties = propertiesOf(schema);
  const required = requiredOf(schema).filter((name) => {
    const member = properties[name];
    return member === undefined || schemaDefault(member) === undefined;
  });
  const { required: _all, ...rest } = schema as Json;
  return required.length === 0 ? rest : { ...rest, required };
}

function responsesOf(route: Route): Json {
  const responses: Json = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    responses[status] = { description: route.summary, ...contentOf(route, schema) };
  }
  responses['default'] = {
    description: 'A problem (RFC 9457)',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return responses;
}

function contentOf(route: Route, schema: TSchema | undefined): Json {
  const mediaType = 'mediaType' in route ? route.mediaType : undefined;
  if (schema === undefined && mediaType === undefined) return {};
  return {
    content: { [mediaType ?? 'application/json']: { schema: schema ?? { type: 'string' } } },
  };
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

function propertiesOf(schema: TSchema | undefined): Record<string, TSchema> {
  return (schema as { properties?: Record<string, TSchema> } | undefined)?.properties ?? {};
}

function requiredOf(schema: TSchema | undefined): string[] {
  return (schema as { required?: string[] } | undefined)?.required ?? [];
}

function schemaDefault(schema: TSchema): unknown {
  return (schema as { default?: unknown }).default;
}
