import { loadConfig } from '@tocsin/config/load-config.ts';
import { SUPERVISOR_CONFIG } from '@tocsin/config/processes.ts';
import { systemClock } from '@tocsin/kernel/clock.ts';
import type { CommonOptions } from '../cli/define-command.ts';
import { chosenHome } from '../cli/running.ts';
import { openTerminal } from '../cli/terminal.ts';
import { checkDisk, checkFsync, checkHome, checkReachable } from './check-home.ts';
import { checkClock, checkMemory, checkNative, checkNode } from './check-machine.ts';
import { checkLock, checkPort } from './check-running.ts';
import type { Finding, Verdict } from './finding.ts';

const COLOURS: Readonly<Record<Verdict, string>> = { ok: '32', warn: '33', fail: '31' };

/** Runs every check, prints one line for each, and sets exit status 1 when one fails. */
export async function runDoctor(options: CommonOptions): Promise<void> {
  const terminal = openTerminal(options.json === true);
  const findings = await findAll(options);
  const failed = findings.some((finding) => finding.verdict === 'fail');
  terminal.result({ ok: !failed, findings }, () =>
    findings.map((finding) => line(finding, terminal.colour)).join('\n'),
  );
  if (failed) process.exitCode = 1;
}

async function findAll(options: CommonOptions): Promise<readonly Finding[]> {
  const home = chosenHome(options.home);
  const settings = loadConfig(SUPERVISOR_CONFIG, process.env);
  const writable = await checkHome(home);
  const findings = [
    checkNode(process.versions.node),
    checkMemory(),
    checkClock(systemClock),
    checkNative('event bus', '@tocsin/bus', 'lmdb'),
    checkNative('event store', '@tocsin/search', '@duckdb/node-api'),
    writable,
    await checkReachable(home),
    await checkLock(home),
    await checkPort(home, settings.port, settings.host),
    await checkDisk(home),
  ];
  if (writable.verdict !== 'fail') findings.push(await checkFsync(home, systemClock));
  return findings;
}

function line({ check, verdict, found, advice }: Finding, colour: boolean): string {
  const mark = verdict.padEnd(4);
  const painted = colour ? `\u001b[${COLOURS[verdict]}m${mark}\u001b[0m` : mark;
  const todo = advice === undefined ? '' : `\n${' '.repeat(21)}-> ${advice}`;
  return `${painted}  ${check.padEnd(13)}  ${found}${todo}`;
}
