import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Compiled code is kept beside the user's other caches, never in a shared folder where others could put code for us.
// It halves the time until a command begins to work; where the folder cannot be written nothing is kept.
enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tocsin', 'node'));
const { runCommandLine } = await import('./cli/program.ts');

// Timers of the clock do not keep a process alive, so a command that only waits would end in the middle.
const awake = setInterval(() => undefined, 1_000_000);
process.exitCode = await runCommandLine(process.argv.slice(2));
clearInterval(awake);
