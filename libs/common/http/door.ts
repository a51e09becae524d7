import { type Admission, authenticate } from '@tocsin/auth/authenticate.ts';
import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateClass, RateGate } from './rate-gate.ts';
import type { Route } from './route.ts';
import type { TenantGate, TenantState } from './tenant-directory.ts';

/** A Fastify hook in callback form: no promise is made where the answer is known. */
export type DoorHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/**
 * What stands before a route, before its body is read: token, tenant header, permission, state of the tenant, quotas.
 * From an address that showed too many wrong credentials only those are looked at that were good before.
 */
export function doorOf(
  route: Route,
  verifier: CredentialVerifier,
  gate: TenantGate,
  rates?: RateGate,
): DoorHook {
  const { scope, permission, method } = route;
  const access = { scope, permission, method };
  const rateClass = rateClassOf(route);
  const pay = (request: FastifyRequest, state: TenantState | undefined): void => {
    const principal = request.tocsin.admission?.principal;
    if (rates === undefined || principal === undefined) return;
    if (rateClass !== 'api' && rateClass !== 'ingest') return;
    const pass = rates.open(rateClass, principal, state?.quota);
    request.tocsin.rate = pass;
    rates.enter(pass, statedLength(request));
  };
  const enter = (
    request: FastifyRequest,
    admission: Admission,
    address: string,
  ): undefined | Promise<undefined> => {
    requireNetwork(admission, address);
    request.tocsin.admission = admission;
    if (route.scope !== 'public') rates?.admitted(address, request.headers);
    const state =
      admission.tenant === undefined ? undefined : gate.check(admission.tenant.tenantId);
    if (!(state instanceof Promise)) return void pay(request, state);
    return state.then((known) => void pay(request, known));
  };
  const decide = (request: FastifyRequest, address: string): undefined | Promise<undefined> => {
    refuseNul(request.url);
    if (rateClass === 'login') rates?.enterLogin(address);
    if (route.scope !== 'public') rates?.knock(address, request.headers);
    const admission = authenticate(request.headers, verifier, access);
    if (!(admission instanceof Promise)) return enter(request, admission, address);
    return admission.then((known) => enter(request, known, address));
  };
  const refused = (error: unknown, address: string): Error => {
    if (isProblem(error, 'unauthenticated')) rates?.failed(address);
    return error as Error;
  };
  return (request, _reply, done) => {
    request.tocsin.route = route;
    const address = addressOf(request);
    let decision: undefined | Promise<undefined>;
    try {
      decision = decide(request, address);
    } catch (error) {
      done(refused(error, address));
      return;
    }
    if (decision === undefined) done();
    else
      decision.then(
        () => done(),
        (error: unknown) => done(refused(error, address)),
      );
  };
}

/**
 * The client's address, asked before anything is waited for: a socket that was closed has none any more, and whoever
 * sends a bad credential and leaves must be counted all the same. `''` on a unix socket, which only this machine has.
 */
function addressOf(request: FastifyRequest): string {
  return (request.ip as string | undefined) ?? '';
}

/** An address of `''` is a process of this machine, which asked the same of its own client. */
function requireNetwork({ principal }: Admission, address: string): void {
  if (principal?.networks === undefined || address === '') return;
  if (principal.networks.includes(address)) return;
  throw new Problem('forbidden', { detail: `this API key is not taken from ${address}` });
}

function rateClassOf(route: Route): RateClass {
  if (route.limitedBy !== undefined) return route.limitedBy;
  if (route.scope === 'public') return 'none';
  return 'kind' in route && route.kind === 'raw' ? 'ingest' : 'api';
}

/** UNTRUSTED, but Node refuses a length that is not a number and reads no more than it says. */
function statedLength(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** NUL in a path or query fits no name of ours, and PostgreSQL refuses it in text. */
function refuseNul(url: string): void {
  if (!url.includes('%00')) return;
  throw new Problem('invalid_request', { detail: 'the path or query holds a NUL character (%00)' });
}
