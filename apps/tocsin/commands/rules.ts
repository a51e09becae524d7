import { systemClock } from '@tocsin/kernel/clock.ts';
import { type Command, Option } from 'commander';
import type { ApiObject } from '../cli/api-client.ts';
import { type ApiOptions, defineCommand } from '../cli/define-command.ts';
import { EXIT_FAILED } from '../cli/exit-status.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { plainText } from '../cli/plain-text.ts';
import { openPlatformSession } from '../cli/session.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';

interface RulesOptions {
  readonly json?: true;
  readonly lists?: string;
  readonly record: number;
}

/** `tocsin rules`: work on Sigma rules in files, for which nothing else needs to run, and on those that run late. */
export function registerRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('check, test and explain Sigma rules in files; see those that run late');
  rules
    .command('lint <paths...>')
    .description('say of each document whether it is loaded, inactive or refused, and why')
    .option('--json', 'print the result as JSON')
    .option('--lists <file>', 'JSON with the values of placeholders: {"admins": ["root"]}')
    .action(lint);
  rules
    .command('test <paths...>')
    .description('try the samples beside rules: rule.yml has its own in rule.samples.json')
    .option('--json', 'print the result as JSON')
    .action(test);
  rules
    .command('explain <rule> <event>')
    .description(
      'say why the rules of a file fire on a record of a log, or why not (- is standard input)',
    )
    .option('--json', 'print the result as JSON')
    .addOption(
      new Option('--record <n>', 'which record, from 0').argParser(wholeNumber(0, 1e12)).default(0),
    )
    .action(explain);
  rules
    .command('logsources')
    .description('print how events are known and mapped: logsources and fields, as tables')
    .option('--json', 'print the result as JSON')
    .action(logsources);
  defineCommand(rules, 'deferred', 'list the rules of the installation that run late, and why')
    .option('--url <url>', 'where Tocsin answers (TOCSIN_URL)')
    .action(deferred);
  defineCommand(rules, 'put-back <rule>', 'try a rule that runs late on the hot path again')
    .option('--url <url>', 'where Tocsin answers (TOCSIN_URL)')
    .action(putBack);
}

const DEFERRED_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'SINCE', cell: (rule) => rule.since },
  { heading: 'WHY', cell: (rule) => rule.detail, widthMax: 40 },
  { heading: 'WAITING', cell: (rule) => rule.frames_waiting, right: true },
  { heading: 'PUT BACK', cell: (rule) => rule.put_back_at ?? '-' },
  { heading: 'RULE', cell: (rule) => rule.rule_id, widthMax: 40 },
  { heading: 'TITLE', cell: (rule) => rule.title, widthMax: 60 },
];

async function deferred(options: ApiOptions): Promise<void> {
  const api = await openPlatformSession(options);
  const { items } = await api.page(DEFERRED_PATH);
  openTerminal(options.json === true).result({ items }, () =>
    items.length === 0 ? 'No rule runs late.' : formatTable(items, DEFERRED_COLUMNS),
  );
}

async function putBack(rule: string, options: ApiOptions): Promise<void> {
  const api = await openPlatformSession(options);
  const item = await api.post(`${DEFERRED_PATH}/${encodeURIComponent(rule)}/put-back`, {});
  openTerminal(options.json === true).result(item, () =>
    plainText(`${String(item.title)} goes back as soon as nothing waits for it.`),
  );
}

const DEFERRED_PATH = '/v1/platform/deferred-rules';

async function lint(paths: string[], options: RulesOptions): Promise<void> {
  const { lintReport, lintText, readContent, warningsOf } = await import('../rules/lint-rules.ts');
  const content = await readContent(paths, options.lists);
  const report = lintReport(content);
  const terminal = openTerminal(options.json === true);
  for (const warning of warningsOf(content)) terminal.note(plainText(warning));
  terminal.result(report, () => lines(lintText(report)));
  if (report.refused.length > 0) process.exitCode = EXIT_FAILED;
}

async function test(paths: string[], options: RulesOptions): Promise<void> {
  const { testRules, testText } = await import('../rules/test-rules.ts');
  const report = await testRules(paths);
  openTerminal(options.json === true).result(report, () => lines(testText(report)));
  if (report.failures.length > 0) process.exitCode = EXIT_FAILED;
}

async function explain(rule: string, event: string, options: RulesOptions): Promise<void> {
  const { explainEvent, explanationText } = await import('../rules/explain-event.ts');
  const explanations = await explainEvent(rule, event, options.record, systemClock.now());
  openTerminal(options.json === true).result(explanations, () =>
    lines(explanationText(explanations)),
  );
}

async function logsources(options: RulesOptions): Promise<void> {
  const { logsourceTables, logsourceText } = await import('../rules/logsource-tables.ts');
  const tables = logsourceTables();
  openTerminal(options.json === true).result(tables, () => logsourceText(tables));
}

/** Rules and events come from anywhere: no line may hold an escape sequence. */
function lines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}
