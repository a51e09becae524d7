import { isIP } from 'node:net';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';

/** Longest name that can tie alerts together; a longer one is cut, so that a key fits its index. */
export const ENTITY_NAME_MAX = 250;

/** Most names of one kind that one alert contributes. A scan of a whole network is not about every host in it. */
export const ENTITIES_PER_KIND_MAX = 50;

/** What sources write where they know nothing. It is no name, so two alerts with it have nothing in common. */
const ABSENT = new Set([
  '',
  '-',
  '--',
  '*',
  '?',
  'unknown',
  '(unknown)',
  'none',
  'null',
  'nil',
  'undefined',
  'n/a',
  'na',
  'anonymous',
  'localhost',
  'localhost.localdomain',
]);

/** Accounts that every machine has: on two machines they are two accounts, so they tie only where no host is known. */
const BUILT_IN_ACCOUNTS = new Set([
  'root',
  'administrator',
  'guest',
  'nobody',
  'system',
  'local system',
  'local service',
  'network service',
  'anonymous logon',
  's-1-5-7',
  's-1-5-18',
  's-1-5-19',
  's-1-5-20',
]);

/** What of an alert names somebody or something: from detect, or from its row. */
export interface NamedAlert extends Pick<ScoredAlert, 'storm'> {
  readonly actor?:
    | { readonly id?: string | undefined; readonly name?: string | undefined }
    | undefined;
  readonly hosts: readonly string[];
  readonly src_ips: readonly string[];
}

/** The names by which an alert is tied to an incident, each once, in a fixed order. */
export interface EntityKeys {
  readonly actors: readonly string[];
  readonly hosts: readonly string[];
  readonly srcIps: readonly string[];
  /** `actor:…`, `host:…`, `ip:…`, and the key of the same rule for the same group. */
  readonly keys: readonly string[];
}

/**
 * Reads the names of actor, hosts and source addresses out of an alert, without those that mean nothing.
 * Private addresses (RFC 1918) are names: inside one tenant they are its machines. Loopback, unspecified and
 * link-local ones are not. `repeatKey` is always among the keys, so that a repeat finds its incident even when
 * the alert names nobody. A storm stands for many groups and is tied by its rule alone.
 */
export function entityKeys(alert: NamedAlert, repeatKey: string): EntityKeys {
  if (alert.storm) return { actors: [], hosts: [], srcIps: [], keys: [repeatKey] };
  const hosts = names(alert.hosts, isHost);
  const srcIps = names(alert.src_ips, isAddress);
  const actors = names([alert.actor?.id ?? '', alert.actor?.name ?? ''], () => true);
  const tyingActors = actors.filter((actor) => hosts.length === 0 || !isBuiltIn(actor));
  return {
    actors,
    hosts,
    srcIps,
    keys: [
      ...tyingActors.map((actor) => `actor:${fold(actor)}`),
      ...hosts.map((host) => `host:${fold(host)}`),
      ...srcIps.map((address) => `ip:${fold(address)}`),
      repeatKey,
    ],
  };
}

/** Rule and group together: equal for alerts that repeat each other. Independent of the order of the members. */
export function repeatKeyOf(alert: ScoredAlert, hash: (text: string) => string): string {
  const group = Object.entries(alert.group).sort(([a], [b]) => (a < b ? -1 : 1));
  return `repeat:${hash(JSON.stringify([alert.rule_id, alert.storm ? 'storm' : group]))}`;
}

function names(values: readonly string[], accept: (value: string) => boolean): readonly string[] {
  const kept = new Map<string, string>();
  for (const value of values) {
    const name = value.trim().slice(0, ENTITY_NAME_MAX);
    if (kept.size >= ENTITIES_PER_KIND_MAX) break;
    if (!ABSENT.has(fold(name)) && accept(name) && !kept.has(fold(name))) {
      kept.set(fold(name), name);
    }
  }
  return [...kept.values()];
}

function fold(name: string): string {
  return name.toLowerCase().slice(0, ENTITY_NAME_MAX);
}

/** `NT AUTHORITY\SYSTEM`, `web-1\Administrator` and `root` are all built in. */
function isBuiltIn(actor: string): boolean {
  const account = fold(actor).split(/[\\/]/).at(-1) ?? '';
  return BUILT_IN_ACCOUNTS.has(account);
}

/** A host may be written as an address; then the rules for addresses hold. */
function isHost(host: string): boolean {
  return isIP(host) === 0 || isAddress(host);
}

function isAddress(address: string): boolean {
  const plain = fold(address).replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(plain) === 4) return !/^(?:127\.|0\.|169\.254\.|255\.255\.255\.255$)/.test(plain);
  if (isIP(plain) !== 6) return false;
  return !/^(?:::1?$|0*(?::0*){7}$|0*(?::0*){6}:0*1$|fe[89ab][0-9a-f]:)/.test(plain);
}
