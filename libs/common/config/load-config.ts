import { readFileSync } from 'node:fs';
import { Problem, type ProblemFault } from '@tocsin/kernel/problem.ts';
import { type Setting, SettingFault } from './setting.ts';

/** Named settings of a process. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of settings, by the same names. */
export type ConfigOf<All extends Settings> = {
  readonly [Name in keyof All]: All[Name] extends Setting<infer Value> ? Value : never;
};

/** A rule over several values, for example that two settings belong together. Returns a fault or nothing. */
export type ConfigRule<All extends Settings> = (
  config: ConfigOf<All>,
) => { readonly variable: string; readonly detail: string } | undefined;

/** Everything one process reads of its environment. */
export interface ConfigSchema<All extends Settings> {
  /** Name of the process, as in the reference page. */
  readonly process: string;
  readonly settings: All;
  readonly rules: readonly ConfigRule<All>[];
}

/** Where values come from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a process's settings: the one place where the environment becomes typed values.
 * An empty variable counts as unset; surrounding white space is cut off.
 *
 * @throws {@link Problem} `invalid_request` that names every variable at fault, never a value
 */
export function loadConfig<const All extends Settings>(
  schema: ConfigSchema<All>,
  environment: Environment,
): ConfigOf<All> {
  const faults: ProblemFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(schema.settings)) {
    try {
      values[name] = readSetting(setting, environment);
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error;
      faults.push({ pointer: setting.variable, detail: error.message });
    }
  }
  // SAFETY: every setting has given its own value, or a fault was noted and nothing is returned.
  const config = values as ConfigOf<All>;
  if (faults.length === 0) faults.push(...brokenRules(schema, config));
  if (faults.length > 0) throw refusal(faults);
  return config;
}

function brokenRules<All extends Settings>(
  schema: ConfigSchema<All>,
  config: ConfigOf<All>,
): ProblemFault[] {
  return schema.rules.flatMap((rule) => {
    const broken = rule(config);
    return broken === undefined ? [] : [{ pointer: broken.variable, detail: broken.detail }];
  });
}

function refusal(errors: readonly ProblemFault[]): Problem {
  const sentences = errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  return new Problem('invalid_request', { detail: `${sentences.join('. ')}.`, errors });
}

function readSetting(setting: Setting<unknown>, environment: Environment): unknown {
  const direct = textOf(environment[setting.variable]);
  const file = setting.secret ? textOf(environment[`${setting.variable}_FILE`]) : undefined;
  if (direct !== undefined && file !== undefined) {
    throw new SettingFault(`and ${setting.variable}_FILE are both set; keep one`);
  }
  const text = file === undefined ? direct : textOf(readSecretFile(setting.variable, file));
  return text === undefined ? setting.absent() : setting.parse(text);
}

function readSecretFile(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SettingFault(`cannot be read: ${variable}_FILE names no readable file`);
  }
}

function textOf(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
