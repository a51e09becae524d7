import type { Condition, RuleDocument } from '../rule-document.ts';

/**
 * Scoring rules of the log shape `{source, log_type, severity, message, fields}`: each names a label and a score, as
 * tags `label:<label>` and `score:<score>`. An event that meets several has several labels, so that none hides another.
 * Off until a tenant switches them on: a rule for every severe event is not for everybody.
 */
interface Scored {
  readonly id: string;
  readonly rule: string;
  readonly label: string;
  readonly score: number;
  readonly title: string;
  /** The categories that events of its log types have; one document each. */
  readonly categories: readonly string[];
  readonly condition: Condition;
  readonly tags?: readonly string[];
  readonly falsePositives: readonly string[];
}

/** What the log types of that shape become (sources/generic-json). */
const ANY = ['auth', 'network', 'endpoint', 'cloud', 'k8s', 'storage', 'ops'];

/** Only events of that shape. */
const SHAPE: Condition = { field: 'attributes.log_type', exists: true };

const said = (...words: string[]): Condition => ({ field: 'message', words });

/** A host is told by its labels: `storage.example.com` is not `tor`, `reverse-proxy.corp` is not `proxy`. */
const ANONYMIZER: Condition = {
  any: ['attributes.fields.destination', 'attributes.fields.dst_host'].flatMap((field) => [
    { field, equals: ['tor', 'onion', 'proxy'] },
    { field, starts_with: ['tor.', 'proxy.', 'tor-exit', 'tor exit'] },
    { field, ends_with: ['.onion', '.tor', '.torproject.org', '.proxy'] },
    { field, contains: ['.onion.', '.onion:', '.tor.', '.proxy.'] },
  ]),
};

const SCORED: readonly Scored[] = [
  {
    id: 'critical-severity',
    rule: 'severity_check',
    label: 'high_severity_event',
    score: 0.95,
    title: 'Event of critical severity',
    categories: ANY,
    condition: { field: 'attributes.severity', equals: 'critical' },
    falsePositives: ['Senders that call everything critical'],
  },
  {
    id: 'high-severity',
    rule: 'severity_check',
    label: 'high_severity_event',
    score: 0.85,
    title: 'Event of high severity',
    categories: ANY,
    condition: { field: 'attributes.severity', equals: 'high' },
    falsePositives: ['Senders that call everything high'],
  },
  {
    id: 'brute-force',
    rule: 'brute_force',
    label: 'brute_force_attempt',
    score: 0.9,
    title: 'Attempts to guess a password',
    categories: ['auth'],
    condition: {
      all: [
        { field: 'attributes.log_type', equals: 'authentication' },
        said(
          'failed login',
          'failed logins',
          'invalid password',
          'brute force',
          'brute-force',
          'account locked',
        ),
      ],
    },
    tags: ['attack.credential_access', 'attack.t1110'],
    falsePositives: ['A user who forgot the password'],
  },
  {
    id: 'privilege-escalation',
    rule: 'privilege_escalation',
    label: 'privilege_escalation',
    score: 0.92,
    title: 'More rights were taken',
    categories: ANY,
    condition: said(
      'privilege escalation',
      'sudo',
      'role changed to admin',
      'elevated privilege',
      'elevated privileges',
      'elevated permissions',
      'elevated rights',
      'elevated to admin',
      'elevated to root',
      'privileges elevated',
    ),
    tags: ['attack.privilege_escalation'],
    falsePositives: ['Administrators who use sudo'],
  },
  {
    id: 'admin-granted',
    rule: 'privilege_escalation',
    label: 'privilege_escalation',
    score: 0.88,
    title: 'Administrator rights were granted',
    categories: ANY,
    condition: {
      all: [
        { field: 'attributes.fields.action', equals: ['role_change', 'permission_grant'] },
        {
          any: [
            said('admin', 'administrator'),
            { field: 'attributes.fields.new_role', words: ['admin', 'administrator'] },
          ],
        },
      ],
    },
    tags: ['attack.persistence', 'attack.t1098'],
    falsePositives: ['A new administrator'],
  },
  {
    id: 'bulk-download',
    rule: 'data_exfiltration',
    label: 'data_exfiltration',
    score: 0.87,
    title: 'Data was taken in bulk',
    categories: ANY,
    condition: said('large download', 'data export', 'bulk extract'),
    tags: ['attack.exfiltration'],
    falsePositives: ['Exports for reports'],
  },
  {
    id: 'large-transfer',
    rule: 'data_exfiltration',
    label: 'data_exfiltration',
    score: 0.8,
    title: 'More than 100 MB went out at once',
    categories: ANY,
    condition: { field: 'attributes.fields.bytes_transferred', at_least: 100_000_001 },
    tags: ['attack.exfiltration'],
    falsePositives: ['Backups'],
  },
  {
    id: 'backdoor-port',
    rule: 'suspicious_network',
    label: 'suspicious_network',
    score: 0.93,
    title: 'Connection to a port that backdoors use',
    categories: ['network'],
    condition: {
      any: ['port', 'dst_port', 'destination_port'].map((name) => ({
        field: `attributes.fields.${name}`,
        equals: [4444, 5555, 1337, 31337],
      })),
    },
    tags: ['attack.command_and_control', 'attack.t1571'],
    falsePositives: ['Services on one of these ports'],
  },
  {
    id: 'anonymizer',
    rule: 'suspicious_network',
    label: 'suspicious_network',
    score: 0.91,
    title: 'Connection to an anonymizing network',
    categories: ['network'],
    condition: ANONYMIZER,
    tags: ['attack.command_and_control', 'attack.t1090.003'],
    falsePositives: ['A proxy of your own that is called proxy'],
  },
];

/** One document for each category that events of a rule may have. */
export const CLOUDOPS_RULES: readonly RuleDocument[] = SCORED.flatMap((scored) =>
  scored.categories.map((category) => ({
    id: `cloudops-${scored.id}-${category}`,
    name: scored.rule,
    version: 1,
    kind: 'match',
    title: scored.title,
    description: `{group}: ${scored.title.charAt(0).toLowerCase()}${scored.title.slice(1)}`,
    severity: Math.round(scored.score * 10) - (scored.score < 0.9 ? 1 : 0),
    category,
    condition: { all: [SHAPE, scored.condition] },
    parameters: {},
    tags: [
      'cloudops',
      `label:${scored.label}`,
      `score:${scored.score.toFixed(2)}`,
      ...(scored.tags ?? []),
    ],
    enabled_by_default: false,
    false_positives: [...scored.falsePositives],
  })),
);
