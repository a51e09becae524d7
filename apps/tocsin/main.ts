import { runCommandLine } from './cli/program.ts';

// Timers of the clock do not keep a process alive, so a command that only waits would end in the middle.
const awake = setInterval(() => undefined, 1_000_000);
process.exitCode = await runCommandLine(process.argv.slice(2));
clearInterval(awake);
