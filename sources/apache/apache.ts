import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setTarget } from '../parties.ts';
import type { Arrival, TextSource } from '../source.ts';
import { applyHeader } from '../syslog/header-members.ts';
import { messageOf, textOf } from '../text-member.ts';
import { type Access, parseAccess } from './access-line.ts';

/** Access logs in the common and combined format, with or without the virtual host in front (Apache, nginx). */
export const apache: TextSource = {
  reads: 'text',
  id: 'apache',
  hints: ['apache', 'apache_access', 'httpd', 'nginx', 'nginx_access', 'access_log'],
  apps: [],
  parse,
};

const LOGSOURCES: readonly Logsource[] = [
  { product: 'apache', category: 'webserver', service: 'apache' },
];
const EMPTY = '-';

function parse(text: string, arrival: Arrival): NormalizedEvent | undefined {
  const access = parseAccess(text);
  if (access === undefined) return undefined;
  const attributes = attributesOf(access);
  const json = JSON.stringify(attributes);
  const event = newEvent('apache', 'apache', 'network', arrival.receivedAt, attributes, json);
  event.sourceHost = arrival.host;
  if (arrival.header !== undefined) applyHeader(event, arrival.header, arrival);
  if (!Number.isNaN(access.time)) event.timestamp = access.time;
  event.action = 'web_request';
  event.outcome = access.status < 400 ? 'success' : 'failure';
  event.severity = access.status >= 500 ? 4 : 1;
  event.srcIp = ipOf(access.client);
  setParties(event, access);
  event.logsources = LOGSOURCES;
  event.message = messageOf(`${access.method} ${access.url} ${access.status}`);
  return event;
}

function setParties(event: NormalizedEvent, access: Access): void {
  const user = access.user === EMPTY ? '' : textOf(access.user);
  event.actorType = user === '' ? 'device' : 'user';
  event.actorId = user === '' ? textOf(access.client) : user;
  event.actorName = event.actorId;
  const site = textOf(access.site) || event.sourceHost;
  if (site === '') return;
  setTarget(event, 'asset', site);
}

/** Under the names of W3C logs, which Sigma's rules for web servers use. */
function attributesOf(access: Access): Record<string, unknown> {
  const query = access.url.indexOf('?');
  const attributes: Record<string, unknown> = {
    'c-ip': access.client,
    'cs-method': access.method,
    'cs-uri': access.url,
    'cs-uri-stem': query < 0 ? access.url : access.url.slice(0, query),
    'sc-status': access.status,
  };
  if (query >= 0) attributes['cs-uri-query'] = access.url.slice(query + 1);
  if (access.user !== EMPTY) attributes['cs-username'] = access.user;
  if (access.version !== '') attributes['cs-version'] = access.version;
  if (access.bytes >= 0) attributes['sc-bytes'] = access.bytes;
  if (access.referer !== EMPTY && access.referer !== '') attributes['cs-referer'] = access.referer;
  if (access.agent !== EMPTY && access.agent !== '') attributes['cs-user-agent'] = access.agent;
  if (access.site !== '') attributes['cs-host'] = access.site;
  return attributes;
}
