/**
 * Copies the rule files that load to a folder, so that both engines hold the same rules: `node
 * bench/sigma/write-rules.ts RULES FOLDER`. Rules that wait for a list stay out: the peer evaluates them all the same.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadRules } from '@tocsin/sigma/rule/load-rules.ts';
import { ruleFiles } from './rule-files.ts';

const [from = '', to = ''] = process.argv.slice(2);
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const { rules } = loadRules(ruleFiles(from));
for (const { file, id } of rules) copyFileSync(join(from, file), join(to, `${id}.yml`));
console.log(`${rules.length} rules`);
