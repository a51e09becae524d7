import { EVENT_TABLES } from '@tocsin/sigma/mapping/event-tables.ts';
import {
  CHANNEL_SERVICES,
  SERVICE_CATEGORIES,
  SYSMON_CATEGORIES,
} from '@tocsin/sigma/mapping/windows-logsource.ts';

/** One row: how events are known, and what they are for Sigma. */
export interface LogsourceRow {
  readonly events: string;
  readonly logsource: string;
  /** `Sigma=native` for each field that is mapped. */
  readonly fields: readonly string[];
}

/** The tables by which events without logsources get them, and Windows channels and ids. */
export function logsourceTables(): readonly LogsourceRow[] {
  const services = Object.entries(CHANNEL_SERVICES).map(([channel, service]) =>
    row(`Channel ${channel}`, `windows/-/${service}`),
  );
  const sysmon = Object.entries(SYSMON_CATEGORIES).map(([id, categories]) =>
    row(`Sysmon ${id}`, categories.map((category) => `windows/${category}/sysmon`).join(', ')),
  );
  const categories = Object.entries(SERVICE_CATEGORIES).map(([event, category]) =>
    row(event, `windows/${category}/${event.split(' ')[0] ?? ''}`),
  );
  const tables = EVENT_TABLES.map(({ when, logsources, fields }) => ({
    events: when.map(conditionText).join(' and '),
    logsource: logsources
      .map((triple) =>
        [triple.product, triple.category, triple.service].map((part) => part || '-').join('/'),
      )
      .join(', '),
    fields: Object.entries(fields).map(([name, place]) => `${name}=${place}`),
  }));
  return [...services, ...sysmon, ...categories, ...tables];
}

/** The same for people. */
export function logsourceText(rows: readonly LogsourceRow[]): string {
  return rows
    .map(({ events, logsource, fields }) => {
      const mapped = fields.length === 0 ? '' : `\n    ${fields.join(' ')}`;
      return `${logsource}  <-  ${events}${mapped}`;
    })
    .join('\n');
}

function row(events: string, logsource: string): LogsourceRow {
  return { events, logsource, fields: [] };
}

function conditionText({
  field,
  equals,
  contains,
}: (typeof EVENT_TABLES)[number]['when'][number]): string {
  if (equals !== undefined) return `${field} = ${equals.join(' or ')}`;
  return contains === undefined ? `has ${field}` : `${field} contains ${contains.join(' or ')}`;
}
