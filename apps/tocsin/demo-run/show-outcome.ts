import type { ApiObject } from '../cli/api-client.ts';
import { ALERT_COLUMNS, CASE_COLUMNS } from '../cli/columns.ts';
import { countInWords } from '../cli/in-words.ts';
import { plainText } from '../cli/plain-text.ts';
import { type Column, formatTable } from '../cli/table.ts';
import type { DemoOutcome } from './judge-demo.ts';

/** Columns that a reader of the demo needs; ids are for those who go on. */
const SHOWN = new Set(['SEVERITY', 'TIME', 'RULE', 'TITLE', 'ACTOR', 'EVENTS', 'STATUS', 'CASE']);

const TIMELINE_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'TIME', cell: (entry) => entry.at },
  { heading: 'KIND', cell: (entry) => entry.kind },
  { heading: 'WHAT', cell: (entry) => entry.summary, widthMax: 100 },
];

/** What came of the sample, for people. */
export function showOutcome(outcome: DemoOutcome, details: readonly ApiObject[]): string {
  const alerts = [...outcome.alerts].sort((a, b) =>
    String(a.first_event_at).localeCompare(String(b.first_event_at)),
  );
  const shown = (columns: readonly Column<ApiObject>[]) =>
    columns.filter(({ heading }) => SHOWN.has(heading));
  return [
    `${countInWords(outcome.events.stored)} events became ${outcome.alerts.length} alerts, in the order of the attack:`,
    '',
    formatTable(alerts, shown(ALERT_COLUMNS)),
    ...details.flatMap(showIncident),
    '',
    `${outcome.cases.length} case${outcome.cases.length === 1 ? ' was' : 's were'} opened:`,
    '',
    formatTable(outcome.cases, shown(CASE_COLUMNS)),
  ].join('\n');
}

function showIncident(incident: ApiObject): readonly string[] {
  const timeline = Array.isArray(incident.timeline) ? (incident.timeline as ApiObject[]) : [];
  return [
    '',
    `They are one incident, severity ${incident.severity}: ${plainText(String(incident.title))}`,
    ...showEntities(incident.entities),
    '',
    formatTable(timeline, TIMELINE_COLUMNS),
  ];
}

function showEntities(entities: unknown): readonly string[] {
  if (typeof entities !== 'object' || entities === null) return [];
  return Object.entries(entities)
    .filter(([, names]) => Array.isArray(names) && names.length > 0)
    .map(([kind, names]) => `  ${kind}: ${plainText((names as unknown[]).join(', '))}`);
}

/** How to look around and to send one's own data. The lines work as they are. */
export function showNextSteps(port: number, tenant: string, homeOption: string): string {
  const url = `http://localhost:${port}`;
  const headers = `-H "Authorization: Bearer $TOKEN" -H "X-Tenant-ID: ${tenant}"`;
  return `Tocsin runs at ${url} until Ctrl-C. In another terminal:

  ./tocsin alerts${homeOption}
  ./tocsin search${homeOption} 'category:auth and outcome:failure'
  ./tocsin ingest${homeOption} /var/log/auth.log        # or any file of NDJSON, JSON or lines

  TOKEN=$(./tocsin token${homeOption} --tenant ${tenant} --role soc_analyst)
  curl -X POST ${url}/v1/ingest/events ${headers} \\
    -d '{"category":"auth","actor":{"id":"user123"},"attributes":{"failed_login_count":1}}'
  curl -X POST ${url}/v1/ingest/events ${headers} \\
    -d '{"category":"auth","severity":5,"outcome":"failure","actor":{"id":"user123","name":"john.doe"},"attributes":{"failed_login_count":10,"source_ip":"203.0.113.7"}}'
  curl ${headers} ${url}/v1/cases`;
}
