import { type Admission, authenticate } from '@tocsin/auth/authenticate.ts';
import type { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from './route.ts';
import type { TenantGate } from './tenant-directory.ts';

/** A Fastify hook in callback form: no promise is made where the answer is known. */
export type DoorHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** What stands before a route, before its body is read: token, tenant header, permission, state of the tenant. */
export function doorOf(route: Route, verifier: TokenVerifier, gate: TenantGate): DoorHook {
  const access = { scope: route.scope, permission: route.permission };
  const enter = (request: FastifyRequest, admission: Admission): undefined | Promise<undefined> => {
    request.tocsin.admission = admission;
    return admission.tenant === undefined ? undefined : gate.check(admission.tenant.tenantId);
  };
  const decide = (request: FastifyRequest): undefined | Promise<undefined> => {
    refuseNul(request.url);
    const admission = authenticate(request.headers, verifier, access);
    if (!(admission instanceof Promise)) return enter(request, admission);
    return admission.then((known) => enter(request, known));
  };
  return (request, _reply, done) => {
    request.tocsin.route = route;
    let decision: undefined | Promise<undefined>;
    try {
      decision = decide(request);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (decision === undefined) done();
    else decision.then(() => done(), done);
  };
}

/** NUL in a path or query fits no name of ours, and PostgreSQL refuses it in text. */
function refuseNul(url: string): void {
  if (!url.includes('%00')) return;
  throw new Problem('invalid_request', { detail: 'the path or query holds a NUL character (%00)' });
}
