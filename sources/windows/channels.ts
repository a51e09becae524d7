import type { Category, Logsource } from '@tocsin/contracts/normalized-event.ts';
import { POWERSHELL_CLASSIC_EVENTS, POWERSHELL_EVENTS } from './powershell-events.ts';
import { SECURITY_EVENTS } from './security-events.ts';
import { SERVICES } from './services.ts';
import { SYSMON_EVENTS } from './sysmon-events.ts';
import { SYSTEM_EVENTS } from './system-events.ts';

/** How one kind of record maps. Kinds are found by channel and id together: ids repeat between providers. */
export interface WindowsEvent {
  readonly action: string;
  readonly category: Category;
  /** Whose name the actor is: the subject's, the account that logs on, or the `User` member. */
  readonly actor: 'subject' | 'target' | 'user';
  /** Known from the id alone; `''` when keywords decide. */
  readonly outcome: 'success' | 'failure' | '';
  /** Sigma's category for it, or `''`. */
  readonly sigma: string;
  /** The member that tells most, shown in the message; `''` for none. */
  readonly detail: string;
}

/** A kind with its Sigma triples ready. */
export interface KnownEvent extends WindowsEvent {
  readonly logsources: readonly Logsource[];
}

/** One event log. */
export interface Channel {
  /** Audit keywords have meaning here. */
  readonly audits: boolean;
  readonly events: ReadonlyMap<number, KnownEvent>;
  /** For ids that have no entry. */
  readonly otherwise: KnownEvent;
}

/** Row of a table of events: id, then {@link WindowsEvent} with defaults left out. */
export type EventTable = Readonly<Record<number, Partial<WindowsEvent>>>;

const ENDPOINT: WindowsEvent = {
  action: '',
  category: 'endpoint',
  actor: 'subject',
  outcome: '',
  sigma: '',
  detail: '',
};
const OPS: WindowsEvent = { ...ENDPOINT, category: 'ops' };

const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ...SERVICES.map(([name, service]) => [name, channel(service, {}, OPS)] as const),
  ['Security', { ...channel('security', SECURITY_EVENTS, ENDPOINT), audits: true }],
  [
    'Microsoft-Windows-Sysmon/Operational',
    channel('sysmon', SYSMON_EVENTS, { ...ENDPOINT, actor: 'user' }),
  ],
  ['Microsoft-Windows-PowerShell/Operational', channel('powershell', POWERSHELL_EVENTS, ENDPOINT)],
  ['PowerShellCore/Operational', channel('powershell', POWERSHELL_EVENTS, ENDPOINT)],
  ['Windows PowerShell', channel('powershell-classic', POWERSHELL_CLASSIC_EVENTS, ENDPOINT)],
  ['System', channel('system', SYSTEM_EVENTS, OPS)],
  ['Application', channel('application', {}, OPS)],
]);

const UNKNOWN_CHANNEL = channel('', {}, OPS);

/** Providers whose channel is certain, for exports that leave the channel out. */
const PROVIDER_CHANNELS: ReadonlyMap<string, string> = new Map([
  ['Microsoft-Windows-Security-Auditing', 'Security'],
  ['Microsoft-Windows-Sysmon', 'Microsoft-Windows-Sysmon/Operational'],
  ['Microsoft-Windows-PowerShell', 'Microsoft-Windows-PowerShell/Operational'],
  ['PowerShell', 'Windows PowerShell'],
  ['Service Control Manager', 'System'],
]);

/** The log a record comes from, by its channel, else by its provider. */
export function channelOf(name: unknown, provider: unknown): Channel {
  const key =
    typeof name === 'string'
      ? name
      : (PROVIDER_CHANNELS.get(typeof provider === 'string' ? provider : '') ?? '');
  return CHANNELS.get(key) ?? UNKNOWN_CHANNEL;
}

function channel(service: string, table: EventTable, defaults: WindowsEvent): Channel {
  const events = new Map<number, KnownEvent>();
  for (const [id, row] of Object.entries(table)) {
    events.set(Number(id), known(service, { ...defaults, ...row }));
  }
  return { audits: false, events, otherwise: known(service, defaults) };
}

function known(service: string, event: WindowsEvent): KnownEvent {
  const logsources = [{ product: 'windows', category: event.sigma, service }];
  // Sigma has one category for all registry events and one for each kind; a rule may name either.
  if (event.sigma.startsWith('registry_') && event.sigma !== 'registry_event') {
    logsources.push({ product: 'windows', category: 'registry_event', service });
  }
  return {
    action: event.action,
    category: event.category,
    actor: event.actor,
    outcome: event.outcome,
    sigma: event.sigma,
    detail: event.detail,
    logsources,
  };
}
