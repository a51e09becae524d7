import { readOpenapi } from '../../apps/tocsin/processes/testing/print-openapi.ts';

/** A JSON schema as the API document has them. */
export type Schema = Readonly<Record<string, unknown>>;

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** One operation of the API, as the document that is kept describes it: not as the code under test does. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly scope: string;
  readonly permission: string;
  readonly processes: readonly string[];
  readonly inPath: readonly Parameter[];
  readonly inQuery: readonly Parameter[];
  readonly body: Schema | undefined;
  /** The body is taken as bytes: its schema describes one of several forms. */
  readonly isRaw: boolean;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Described {
  readonly operationId: string;
  readonly parameters: readonly (Parameter & { readonly in: string })[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
  readonly 'x-tocsin-scope': string;
  readonly 'x-tocsin-permission': string;
  readonly 'x-tocsin-processes': readonly string[];
}

/** The kept API document. */
export const DOCUMENT = JSON.parse(readOpenapi()) as Document;

/** Every operation that the gateway serves. */
export const OPERATIONS: readonly Operation[] = operationsOf(DOCUMENT).filter(({ processes }) =>
  processes.includes('control'),
);

/** The operations of an API document. */
export function operationsOf({ paths }: Pick<Document, 'paths'>): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, described]) => operationOf(path, method, described)),
  );
}

function operationOf(path: string, method: string, described: Described): Operation {
  const content = described.requestBody?.content;
  return {
    id: described.operationId,
    method: method.toUpperCase() as Operation['method'],
    path,
    scope: described['x-tocsin-scope'],
    permission: described['x-tocsin-permission'],
    processes: described['x-tocsin-processes'],
    inPath: described.parameters.filter((one) => one.in === 'path'),
    inQuery: described.parameters.filter((one) => one.in === 'query'),
    body: content?.['application/json']?.schema,
    isRaw: content?.['*/*'] !== undefined,
  };
}
