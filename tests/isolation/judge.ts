import type { Belongings } from './belongings.ts';
import type { Caller, Expected } from './callers.ts';
import type { GeneratedRequest } from './foreign-requests.ts';
import type { House } from './house.ts';
import type { Operation } from './operations.ts';

/** An answer of the gateway. */
type LightMyRequestResponse = Awaited<ReturnType<House['server']['app']['inject']>>;

/** What is wrong with an answer, as one sentence; undefined when nothing is. */
export type Fault = string | undefined;

/** Sends a request as a caller and says what is wrong with the answer. */
export async function judge(
  house: Pick<House, 'server'>,
  operation: Operation,
  request: GeneratedRequest,
  caller: Caller,
  strangers: readonly Belongings[],
): Promise<Fault> {
  const answer = await house.server.app.inject({
    method: request.method,
    url: request.url,
    headers: { ...request.headers, ...caller.headers },
    ...(request.payload === undefined ? {} : { payload: request.payload }),
  });
  const fault =
    wrongStatus(answer, caller.expected(operation)) ??
    badProblem(answer) ??
    foreignBytes(answer, strangers);
  if (fault === undefined) return undefined;
  const said = answer.payload.slice(0, 400);
  return `${operation.id} by ${caller.name}: ${fault}\n  ${request.method} ${request.url} ${request.payload ?? ''}\n  ${answer.statusCode} ${said}`;
}

function wrongStatus(answer: LightMyRequestResponse, expected: Expected): Fault {
  const { statusCode } = answer;
  if (statusCode >= 500) return 'a fault of the server';
  if (expected !== 'past') {
    return statusCode === expected ? undefined : `${statusCode} instead of ${expected}`;
  }
  if (statusCode === 401) return '401 instead of being let in';
  // Past the door a handler may refuse one member: nobody makes a key that may do more than its maker.
  if (statusCode !== 403) return undefined;
  return answer.json().errors?.length > 0 ? undefined : '403 instead of being let in';
}

/** Every refusal is a problem document (RFC 9457). */
export function badProblem(answer: LightMyRequestResponse): Fault {
  if (answer.statusCode < 400) return undefined;
  const type = String(answer.headers['content-type']);
  if (!type.startsWith('application/problem+json')) return `a refusal as ${type}`;
  const { code, status, request_id } = answer.json();
  const isWhole = typeof code === 'string' && typeof request_id === 'string';
  return isWhole && status === answer.statusCode ? undefined : 'a refusal without code or status';
}

/** An answer may repeat what a request named, now or before, and nothing else of another tenant. */
function foreignBytes(answer: LightMyRequestResponse, strangers: readonly Belongings[]): Fault {
  const bytes = answer.payload + JSON.stringify(answer.headers);
  for (const { tenant, canary, untold } of strangers) {
    if (bytes.includes(canary)) return `the canary of ${tenant}`;
    const told = untold.find((id) => bytes.includes(id));
    if (told !== undefined) return `the id ${told} of ${tenant}`;
  }
  return undefined;
}
