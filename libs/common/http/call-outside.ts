import { type LookupAddress, lookup } from 'node:dns';
import { type ClientRequest, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { OutsideAddresses } from './outside-address.ts';

/** A call to a host that somebody configured. */
export interface OutsideCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it: finding the address, connecting, sending, and the head of the answer. */
  readonly timeoutMs: number;
}

/** What the host said. Its body is not read. */
export interface OutsideAnswer {
  readonly status: number;
}

/** Finds the addresses of a host. `dns.lookup` unless a test gives another. */
export type FindAddresses = (
  host: string,
  found: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const systemLookup: FindAddresses = (host, found) => lookup(host, { all: true }, found);

/**
 * Posts to a host outside. UNTRUSTED url and host. The address is checked as it is connected to, so that a name which
 * changes between a check and the call gains nothing; no redirect is followed; TLS unless the address is in an allowed
 * network.
 *
 * @throws Problem `invalid_request` for an address that may not be called or a url that is none (no use to try again);
 *   `unavailable` when the host cannot be reached in time
 */
export function callOutside(
  call: OutsideCall,
  addresses: OutsideAddresses,
  find: FindAddresses = systemLookup,
): Promise<OutsideAnswer> {
  const url = parseOutsideUrl(call.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown): void => reject(error);
    try {
      if (isIP(host) !== 0) checkAddress(url, host, addresses);
      const request: ClientRequest = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
        method: 'POST',
        agent: false,
        headers: { ...call.headers, 'content-length': Buffer.byteLength(call.body) },
        lookup: checkedLookup(url, addresses, find),
        signal: AbortSignal.timeout(call.timeoutMs),
      });
      request.on('response', (answer) => {
        resolve({ status: answer.statusCode ?? 0 });
        answer.destroy();
      });
      request.on('error', (cause) => refuse(failure(url, cause)));
      request.end(call.body);
    } catch (error) {
      refuse(error);
    }
  });
}

/**
 * Reads a url to call.
 *
 * @throws Problem `invalid_request`
 */
export function parseOutsideUrl(text: string): URL {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isWeb || url.hostname === '') throw invalid('it must be an https URL');
  if (url.username !== '' || url.password !== '') throw invalid('it must not have a user name');
  return url;
}

/**
 * Checks an address that a url names or leads to.
 *
 * @throws Problem `invalid_request` when it may not be called, or not without TLS
 */
export function checkAddress(url: URL, address: string, addresses: OutsideAddresses): void {
  if (!addresses.mayCall(address)) {
    throw invalid(
      `${url.hostname} is not an address of the public internet; TOCSIN_WEBHOOK_NETWORKS allows others`,
    );
  }
  if (url.protocol === 'http:' && !addresses.isAllowedNetwork(address)) {
    throw invalid('it must be an https URL');
  }
}

function checkedLookup(url: URL, addresses: OutsideAddresses, find: FindAddresses): LookupFunction {
  return (host, options, done) => {
    find(host, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) {
        done(error ?? new Error('no address'), '', 0);
        return;
      }
      try {
        // One forbidden address among several is enough: which one would be used is the network's choice.
        for (const { address } of found) checkAddress(url, address, addresses);
      } catch (refusal) {
        done(refusal as Error, '', 0);
        return;
      }
      if (options.all === true) done(null, [...found]);
      else done(null, first.address, first.family);
    });
  };
}

function failure(url: URL, cause: Error): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem('unavailable', { detail: `${url.host} cannot be reached`, cause });
}

function invalid(detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `the URL cannot be called: ${detail}`,
    errors: [{ pointer: '/url', detail }],
  });
}
