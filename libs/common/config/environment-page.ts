import type { Settings } from './load-config.ts';
import type { Setting } from './setting.ts';

/** The part of a configuration schema that is printed. */
export interface DocumentedConfig {
  readonly process: string;
  readonly settings: Settings;
}

/** Prints the reference page of all variables from the schemas that read them. */
export function environmentPage(schemas: readonly DocumentedConfig[]): string {
  const rows = variablesOf(schemas).map(({ setting, processes }) => row(setting, processes));
  return [
    '# Environment variables',
    '',
    'Printed from the configuration schemas by `node scripts/dev/write-reference.ts`; a test keeps it current.',
    '',
    'An empty variable counts as unset. Every fault is reported at once, by variable, never with its value.',
    'Where a file may hold the value, set `<variable>_FILE` to its path instead; setting both is refused.',
    '',
    '| variable | meaning | form | when unset | from a file | read by |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

interface Row {
  readonly setting: Setting<unknown>;
  readonly processes: string[];
}

function variablesOf(schemas: readonly DocumentedConfig[]): Row[] {
  const found = new Map<string, Row>();
  for (const schema of schemas) {
    for (const setting of Object.values(schema.settings)) {
      const known = found.get(setting.variable) ?? { setting, processes: [] };
      known.processes.push(schema.process);
      found.set(setting.variable, known);
    }
  }
  return [...found.values()].sort((a, b) => a.setting.variable.localeCompare(b.setting.variable));
}

function row(setting: Setting<unknown>, processes: readonly string[]): string {
  const { variable, summary, form, defaultText, secret } = setting;
  const file = secret ? `\`${variable}_FILE\`` : 'no';
  const cells = [`\`${variable}\``, summary, form, defaultText, file, processes.join(', ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
