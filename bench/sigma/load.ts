/**
 * What loading rules costs: `node bench/sigma/load.ts RULES`. CPU of the whole process, compiler and collector
 * included, start excluded, by parts: files, YAML and rules, tables.
 */
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { RuleSet } from '@tocsin/sigma/rule-set.ts';
import { ruleFiles } from './rule-files.ts';

let last = process.cpuUsage();

function sinceLast(): number {
  const { user, system } = process.cpuUsage(last);
  last = process.cpuUsage();
  return Math.round((user + system) / 1000);
}

const files = ruleFiles(process.argv[2] ?? '');
const filesMs = sinceLast();
const { rules } = loadSigma(files);
const rulesMs = sinceLast();
const { tableBytes } = new RuleSet(rules);
const tablesMs = sinceLast();
console.log(
  JSON.stringify({
    rules: rules.length,
    files_cpu_ms: filesMs,
    rules_cpu_ms: rulesMs,
    tables_cpu_ms: tablesMs,
    cpu_ms: filesMs + rulesMs + tablesMs,
    table_mib: Math.round(tableBytes / 2 ** 20),
  }),
);
