import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { describe, expect, it } from 'vitest';
import { LOG_LINE_LENGTH_MAX, type LogFormat, openLogStream } from './log-stream.ts';

function feeding(format: LogFormat = 'json') {
  const lines: string[] = [];
  const stream = openLogStream({
    format,
    level: 'info',
    clock: new ManualClock(),
    colour: false,
    sink: (line) => lines.push(line),
  });
  const feed = stream.feed('data', 'stderr');
  return { lines, feed: (text: string) => feed(Buffer.from(text)) };
}

const entry =
  '{"level":"warn","timestamp":"2026-01-01T00:00:00.000Z","service":"data","message":"m"}';

describe('the log stream', () => {
  it('passes entries on as they are, also when they come in pieces', () => {
    const { lines, feed } = feeding();
    feed(entry.slice(0, 30));
    feed(`${entry.slice(30)}\n${entry}\n`);
    expect(lines).toEqual([`${entry}\n`, `${entry}\n`]);
  });

  it('makes one entry of plain lines that come together, such as a stack', () => {
    const { lines, feed } = feeding();
    feed(`Error: broken\n\n    at x\n    at y\n${entry}\n`);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'error',
      timestamp: '2026-01-01T00:00:00.000Z',
      service: 'data',
      message: 'Error: broken',
      more: '    at x\n    at y',
    });
  });

  it('takes what only looks like an entry as words', () => {
    const { lines, feed } = feeding();
    feed('{"level":"warn", cut\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: '{"level":"warn", cut' });
  });

  it('shows an entry to people in one line that obeys nothing inside it', () => {
    const { lines, feed } = feeding('pretty');
    feed('\u001b[2Jgone\n');
    expect(lines).toEqual(['00:00:00.000 ERROR data     \\u001b[2Jgone\n']);
  });

  it('cuts a line without end', () => {
    const { lines, feed } = feeding();
    for (let part = 0; part < 5; part += 1) feed('x'.repeat(LOG_LINE_LENGTH_MAX / 2));
    feed('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines[0]).toContain('[cut]');
    expect(lines[0]?.length).toBeLessThan(LOG_LINE_LENGTH_MAX * 2);
  });
});
