/**
 * Labelled places where a crash or a failure is worth a test: each stands between two steps
 * that must both happen, or where the first alone must be harmless.
 */
export const FAILPOINTS = [
  'publish.before-commit',
  'publish.after-commit',
  'generation-switch.after-create',
  'generation-switch.before-unlink',
  'archive.after-put',
  'roll.before-commit',
  'roll.after-commit',
  'roll.after-drop',
  'alerts.after-publish',
  'checkpoint.before-rename',
  'checkpoint.after-rename',
  'cursor.before-commit',
  'cursor.after-commit',
  'correlate.after-commit',
  'outbox.after-publish',
  'outbox.after-delete',
] as const;

/** One label of {@link FAILPOINTS}. */
export type Failpoint = (typeof FAILPOINTS)[number];

/** Told each time a failpoint is passed. May throw, or end the process. */
export type FailpointHook = (label: Failpoint) => void;

/** The hook of a product in service: does nothing. */
export const noFailpoints: FailpointHook = () => undefined;

/**
 * Reads a plan such as `roll.after-commit:3` (end the process by SIGKILL at the third pass) into a hook.
 * Several are separated by commas. For tests only: nothing sets it by default, and the supervisor passes it on to the
 * first start of each process, so that what was killed comes back.
 *
 * @throws Error when a label is unknown, so that a renamed failpoint cannot make a test pass silently
 */
export function parseFailpoints(plan: string, kill: FailpointHook): FailpointHook {
  const left = new Map<string, number>();
  for (const item of plan.split(',').filter((part) => part !== '')) {
    const [label = '', count = '1'] = item.split(':');
    if (!FAILPOINTS.some((known) => known === label)) throw new Error(`unknown failpoint ${label}`);
    if (!/^[1-9]\d{0,8}$/.test(count)) throw new Error(`failpoint ${label} has a bad count`);
    left.set(label, Number(count));
  }
  return (label) => {
    const passes = left.get(label);
    if (passes === undefined) return;
    left.set(label, passes - 1);
    if (passes === 1) kill(label);
  };
}
