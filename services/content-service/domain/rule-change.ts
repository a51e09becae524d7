import { runsFor } from '@tocsin/content/rule-setting.ts';
import { EXCEPTIONS_MAX, SigmaException } from '@tocsin/content/sigma-exception.ts';
import type { RuleSettingRow } from '@tocsin/database/content-tables.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static } from 'typebox';
import type { KnownRule } from './rule-view.ts';

/** The body of `PATCH /v1/rules/{rule_id}`; null takes an override back. */
export const RuleChange = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    severity: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: 10 }), Type.Null()], {
        description: 'Instead of the rule’s own; null takes it back',
      }),
    ),
    threshold: Type.Optional(
      Type.Union([Type.Number({ minimum: 1, maximum: 1e12 }), Type.Null()], {
        description: 'Instead of the parameter of a rule that counts; null takes it back',
      }),
    ),
    exceptions: Type.Optional(
      Type.Array(SigmaException, {
        maxItems: EXCEPTIONS_MAX,
        description:
          'Events that a Sigma rule leaves out, all of them; an empty list takes them back',
      }),
    ),
    status: Type.Optional(
      Type.Enum(['active', 'draft', 'retired'], {
        description: 'Of a rule of your own. A retired one stays retired',
      }),
    ),
    version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The version that runs; with status active' }),
    ),
  },
  { additionalProperties: false, minProperties: 1, title: 'Change of a rule' },
);
export type RuleChange = Static<typeof RuleChange>;

/** What a change makes of a setting, who and when aside. */
export type NextSetting = Omit<
  RuleSettingRow,
  'tenant_id' | 'rule_id' | 'updated_at' | 'updated_by' | 'exceptions'
> & { readonly exceptions: string };

/** Whose settings can be kept: others have no name that stays. */
const KEPT_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/;

/** @throws Problem `invalid_request` or `illegal_transition` for what the rule cannot become */
export function settingAfter(rule: KnownRule, change: RuleChange): NextSetting {
  const { document, setting } = rule;
  if (change.threshold != null && !('threshold' in document.parameters)) {
    throw invalid('/threshold', `a rule of kind ${document.kind} counts nothing`);
  }
  if (!KEPT_ID.test(document.id)) {
    throw invalid('/', 'this Sigma document has no id that stays: give it one, and load it again');
  }
  if (change.exceptions !== undefined && (document.kind !== 'sigma' || setting?.origin === 'own')) {
    throw invalid('/exceptions', 'only Sigma rules of the installation have exceptions');
  }
  const shipped = { origin: 'shipped', status: 'active', active_version: null } as const;
  const before = setting ?? { ...shipped, latest_version: null, revision: 0 };
  return {
    origin: before.origin,
    latest_version: before.latest_version,
    ...nextVersion(rule, change),
    enabled: change.enabled ?? setting?.enabled ?? runsFor(document, undefined),
    severity: change.severity === undefined ? (setting?.severity ?? null) : change.severity,
    threshold: change.threshold === undefined ? (setting?.threshold ?? null) : change.threshold,
    exceptions: JSON.stringify(change.exceptions ?? setting?.exceptions ?? []),
    revision: before.revision + 1,
  };
}

function nextVersion(
  { setting }: KnownRule,
  { status, version }: RuleChange,
): Pick<NextSetting, 'status' | 'active_version'> {
  if (setting?.origin !== 'own') {
    if (status !== undefined) throw invalid('/status', 'a shipped rule is switched by enabled');
    if (version !== undefined) throw invalid('/version', 'a shipped rule has one version');
    return { status: 'active', active_version: null };
  }
  const { active_version, latest_version } = setting;
  if (setting.status === 'retired' && (status ?? 'retired') !== 'retired') {
    throw new Problem('illegal_transition', {
      detail: 'a retired rule stays retired: keep a new one under another id',
    });
  }
  const next = status ?? setting.status;
  if (next !== 'active') {
    if (version !== undefined) throw invalid('/version', 'only an active rule runs a version');
    return { status: next, active_version };
  }
  const chosen = version ?? (status === undefined ? active_version : latest_version);
  if (chosen === null || latest_version === null || chosen > latest_version) {
    throw invalid('/version', `must be one of 1 to ${latest_version}`);
  }
  return { status: 'active', active_version: chosen };
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${pointer} ${detail}`,
    errors: [{ pointer, detail }],
  });
}
