import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../child-environment.ts';
import type { ProcessPlan } from '../managed-process.ts';

/** A plan that runs the stand-in with a behaviour. */
export function standInPlan(name: string, behaviour: string, ...more: string[]): ProcessPlan {
  return {
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL('./stand-in.ts', import.meta.url)), behaviour, ...more],
    environment: () => childEnvironment(process.env, {}),
    readyTimeoutMs: 600_000,
  };
}
