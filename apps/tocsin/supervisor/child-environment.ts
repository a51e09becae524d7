/** What a child gets from the surroundings besides Tocsin's own settings. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  // An allocator that the operator chose; the moved clock of a test.
  'LD_PRELOAD',
] as const;
/** Settings of libfaketime, which moves the clock under real processes. */
const OF_MOVED_CLOCK = 'FAKETIME';

/** Settings the supervisor reads itself; children get what they need of them in files below the home. */
const KEPT_BACK = new Set(['TOCSIN_DATABASE_URL', 'TOCSIN_DATABASE_URL_FILE', 'TOCSIN_TOKEN']);

/**
 * The environment of a child: a short list, every `TOCSIN_` setting but secrets of others, and what the
 * supervisor decides (which wins). Nothing else leaks in, for example no cloud credentials of the shell.
 */
export function childEnvironment(
  surrounding: NodeJS.ProcessEnv,
  decided: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(surrounding)) {
    if (value !== undefined && isPassedOn(name)) environment[name] = value;
  }
  return { ...environment, ...decided };
}

function isPassedOn(name: string): boolean {
  if (KEPT_BACK.has(name)) return false;
  if (name.startsWith('TOCSIN_') || name.startsWith(OF_MOVED_CLOCK)) return true;
  return PASSED_ON.some((known) => known === name);
}
