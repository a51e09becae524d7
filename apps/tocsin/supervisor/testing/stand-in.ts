// A child for tests of the supervisor. Its one argument says how it behaves.
const [behaviour = 'ready', folder = ''] = process.argv.slice(2);

function say(message: string): void {
  const timestamp = new Date().toISOString();
  process.stdout.write(
    `${JSON.stringify({ level: 'info', timestamp, service: 'stand-in', message })}\n`,
  );
}

process.on('disconnect', () => process.exit(0));
// Keeps it alive until it is told otherwise.
setInterval(() => undefined, 60_000);

if (behaviour === 'exits-before-ready') process.exit(3);
if (behaviour === 'ignores-term') process.on('SIGTERM', () => say('not yet'));
else {
  process.on('SIGTERM', () => {
    say('drained');
    process.exit(0);
  });
}
if (behaviour === 'writes-marker') {
  const { appendFileSync } = await import('node:fs');
  process.on('exit', () => appendFileSync(`${folder}/ends`, `${process.pid}\n`));
}
say('ready');
process.stderr.write('plain words on stderr\n');
if (behaviour !== 'never-ready') process.send?.({ type: 'ready' });
