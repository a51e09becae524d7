import { CLOUDOPS_RULES } from '@tocsin/content/rules/cloudops.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { describe, expect, it } from 'vitest';
import { buildRuleRegistry } from './domain/rule-registry.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const registry = buildRuleRegistry(CLOUDOPS_RULES);

interface Log {
  readonly log_type: string;
  readonly severity?: string;
  readonly message?: string;
  readonly fields?: object;
}

/** Label and score of each rule that an event of the log shape meets. */
function labels({ severity = 'info', message = 'it happened', fields = {}, log_type }: Log) {
  const line = JSON.stringify({ source: 'app-1', log_type, severity, message, fields });
  const event = normalizeLine(line, '', '', NOW);
  return registry
    .candidates(event.category)
    .filter((rule) => rule.matches(event))
    .map(({ document: { tags } }) => {
      const told = (name: string) =>
        tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1);
      return `${told('label')} ${told('score')}`;
    });
}

describe('the scoring rules', () => {
  it.each<[string, Log, string[]]>([
    ['critical', { log_type: 'application', severity: 'critical' }, ['high_severity_event 0.95']],
    ['high', { log_type: 'application', severity: 'high' }, ['high_severity_event 0.85']],
    [
      'a failed login',
      { log_type: 'authentication', message: 'Failed login for bob' },
      ['brute_force_attempt 0.90'],
    ],
    [
      'sudo',
      { log_type: 'authorization', message: 'bob ran sudo su' },
      ['privilege_escalation 0.92'],
    ],
    [
      'a grant',
      { log_type: 'cloud', message: 'bob is admin', fields: { action: 'role_change' } },
      ['privilege_escalation 0.88'],
    ],
    [
      'an export',
      { log_type: 'data_access', message: 'data export of customers' },
      ['data_exfiltration 0.87'],
    ],
    [
      'a large transfer',
      { log_type: 'network', fields: { bytes_transferred: 100_000_001 } },
      ['data_exfiltration 0.80'],
    ],
    ['a port', { log_type: 'network', fields: { port: 4444 } }, ['suspicious_network 0.93']],
    [
      'a hidden service',
      { log_type: 'network', fields: { destination: 'abc.onion' } },
      ['suspicious_network 0.91'],
    ],
    [
      'port as text',
      { log_type: 'network', fields: { port: '4444' } },
      ['suspicious_network 0.93'],
    ],
    ['ports', { log_type: 'network', fields: { port: [80, 1337] } }, ['suspicious_network 0.93']],
  ])('give %s its label and score', (_, log, expected) => {
    expect(labels(log)).toEqual(expected);
  });

  it('let no label hide another', () => {
    const log = {
      log_type: 'authentication',
      severity: 'critical',
      message: 'brute force: account locked',
    };
    expect(labels(log).sort()).toEqual(['brute_force_attempt 0.90', 'high_severity_event 0.95']);
  });

  it.each<[string, Log]>([
    ['storage', { log_type: 'network', fields: { destination: 'storage.example.com' } }],
    ['a reverse proxy', { log_type: 'network', fields: { destination: 'reverse-proxy.corp' } }],
    ['latency', { log_type: 'application', message: 'Elevated latency in eu-west' }],
    ['sudoku', { log_type: 'application', message: 'pseudocode for sudoku' }],
    ['a port elsewhere', { log_type: 'application', fields: { port: 4444 } }],
    ['exactly 100 MB', { log_type: 'network', fields: { bytes_transferred: 100_000_000 } }],
    ['a failed login of another type', { log_type: 'application', message: 'failed login' }],
    ['nothing', { log_type: 'application' }],
  ])('are silent on %s', (_, log) => {
    expect(labels(log)).toEqual([]);
  });

  it('are off until a tenant switches them on', () => {
    expect(CLOUDOPS_RULES.every((rule) => rule.enabled_by_default === false)).toBe(true);
  });
});
