/** What is asked, by name: each time with another number, so that no answer is only the cache's. */
export const ASKED: Readonly<Record<string, (round: number) => string>> = {
  // A page of nothing: what a request costs by itself, on this machine, now.
  'nothing, for comparison': () => '/v1/cases?limit=1&from=2100-01-01T00:00:00Z',

  'alerts, newest': () => '/v1/alerts?limit=50',
  'alerts, oldest': () => '/v1/alerts?limit=50&sort=oldest',
  'alerts, most severe': () => '/v1/alerts?limit=50&sort=severity',
  'alerts of a status': () => '/v1/alerts?limit=50&status=resolved',
  'alerts of a rare status': () => '/v1/alerts?limit=50&status=investigating',
  'alerts of a status, most severe': () => '/v1/alerts?limit=50&status=resolved&sort=severity',
  'alerts of a rare status, most severe': () =>
    '/v1/alerts?limit=50&status=investigating&sort=severity',
  'alerts of a rule': (round) => `/v1/alerts?limit=50&rule_id=rule-${round % 400}`,
  'alerts of a rule, most severe': (round) =>
    `/v1/alerts?limit=50&rule_id=rule-${round % 400}&sort=severity`,
  'alerts of a rule and status': (round) =>
    `/v1/alerts?limit=50&rule_id=rule-${round % 400}&status=investigating`,
  'alerts of an hour': (round) => `/v1/alerts?limit=50&from=${hour(round)}&to=${hour(round + 1)}`,
  'alerts of a day, most severe': (round) =>
    `/v1/alerts?limit=50&from=${hour(24 * (round % 50))}&to=${hour(24 * (round % 50) + 24)}&sort=severity`,
  'alerts of severity 10': () => '/v1/alerts?limit=50&severity_min=10',
  'alerts of severity 10 of an hour': (round) =>
    `/v1/alerts?limit=50&severity_min=10&from=${hour(round)}&to=${hour(round + 1)}`,
  'alerts of an analyst': (round) => `/v1/alerts?limit=50&assignee=analyst-${round % 20}`,
  'alerts of an analyst, most severe': (round) =>
    `/v1/alerts?limit=50&assignee=analyst-${round % 20}&sort=severity`,
  'alerts of an analyst and rare status': (round) =>
    `/v1/alerts?limit=50&assignee=analyst-${round % 20}&status=investigating&severity_min=5`,
  'alerts of nobody there': () => '/v1/alerts?limit=50&assignee=nobody&severity_min=3',
  'alerts of no incident': () => `/v1/alerts?limit=50&incident_id=${crypto.randomUUID()}`,

  'search by user': (round) => `/v1/alerts?limit=50&q=actor.id:user-${round * 97}`,
  'search by a user not there': (round) => `/v1/alerts?q=actor.id:nobody-${round}`,
  'search by part of a name': (round) => `/v1/alerts?limit=50&q=actor.name:*ser%20${round * 97}`,
  'search by the start of a name': (round) => `/v1/alerts?limit=50&q=actor.id:user-${round}12*`,
  'search by rule and severity': (round) =>
    `/v1/alerts?limit=50&q=rule_id:rule-${round % 400}%20and%20severity%3E%3D5`,
  'search by two rules': (round) =>
    `/v1/alerts?limit=50&q=rule_id:(rule-${round % 400}%20or%20rule-${(round + 7) % 400})`,
  'search by name and time': (round) =>
    `/v1/alerts?limit=50&q=rule_name:"Rule number ${round}"%20and%20timestamp%3E%3D2026-01-01`,
  'search a word in all': () => '/v1/alerts?limit=50&q=logins',
  'search a word in few': () => '/v1/alerts?limit=50&q=mimikatz',
  'search a word in none': (round) => `/v1/alerts?limit=50&q=nothere${round}`,
  'search a word in old ones': () => '/v1/alerts?limit=50&q=pilot',
  'search two words': (round) => `/v1/alerts?limit=50&q=mimikatz%20user-${round * 20000 + 7}`,
  'search a short word': () => '/v1/alerts?limit=50&q=zq',
  'search a word of a status': () => '/v1/alerts?limit=50&q=status:new%20and%20mimikatz',
  'search by tag': () => '/v1/alerts?limit=50&q=tags:crown-jewel',
  'search by host': (round) => `/v1/alerts?limit=50&q=hosts:host-${round}`,
  'search by address': (round) => `/v1/alerts?limit=50&q=src_ips:10.${round}.${round}.7`,
  'search by range of addresses': (round) => `/v1/alerts?limit=50&q=src_ips:10.${round}.0.0/16`,
  'search by target': (round) => `/v1/alerts?limit=50&q=target.id:asset-${round}`,
  'search without an assignee': () => '/v1/alerts?limit=50&q=not%20assignee:*',
  'search storms': () => '/v1/alerts?limit=50&q=storm:true',
  'search what is suppressed': () => '/v1/alerts?limit=50&q=suppressed:true',
  'search by count': () => '/v1/alerts?limit=50&q=event_count%3E100000',
  'search by severity': () => '/v1/alerts?limit=50&q=severity:10',
  'search by change': (round) =>
    `/v1/alerts?limit=50&q=updated_at%3E=${hour(round)}%20and%20updated_at%3C${hour(round + 1)}`,
  'search by a rare status, not a rule': () =>
    '/v1/alerts?limit=50&q=status:investigating%20and%20not%20rule_id:rule-0',

  'incidents, newest': () => '/v1/incidents?limit=50',
  'incidents, most severe': () => '/v1/incidents?limit=50&sort=severity',
  'incidents of a status, most severe': () => '/v1/incidents?limit=50&status=new&sort=severity',
  'incidents of an analyst': (round) => `/v1/incidents?limit=50&assignee=analyst-${round % 20}`,
  'incidents of nobody there': () => '/v1/incidents?limit=50&assignee=nobody&status=new',

  'cases, newest': () => '/v1/cases?limit=50',
  'cases, last changed': () => '/v1/cases?limit=50&sort=updated',
  'cases, most severe': () => '/v1/cases?limit=50&sort=severity',
  'cases of a status': () => '/v1/cases?limit=50&status=open',
  'cases of a status, last changed': () => '/v1/cases?limit=50&status=open&sort=updated',
  'cases of an analyst, most severe': (round) =>
    `/v1/cases?limit=50&assigned_to=analyst-${round % 20}&sort=severity`,
  'cases of nobody there': () => '/v1/cases?limit=50&assigned_to=nobody&sort=updated',
  'cases at offset 10,000': () => '/v1/cases?limit=50&offset=10000',
  'search cases by assignee': (round) => `/v1/cases?limit=50&q=assigned_to:analyst-${round % 20}`,
  'search cases by creator': (round) => `/v1/cases?limit=50&q=created_by:person-${round % 40}`,
  'search cases by a word': () => '/v1/cases?limit=50&q=ransomware',
  'search cases by a rare word': () => '/v1/cases?limit=50&q=mimikatz',
  'search cases by a word in all': () => '/v1/cases?limit=50&q=people',
  'search cases by a word in none': (round) => `/v1/cases?limit=50&q=nothere${round}`,
  'search cases by word and assignee': (round) =>
    `/v1/cases?limit=50&q=ransomware%20and%20assigned_to:analyst-${round % 20}`,
};

function hour(index: number): string {
  return new Date(Date.UTC(2026, 0, 1 + index / 24)).toISOString();
}
