import { isEvtx } from '@tocsin/evtx/read-evtx.ts';

/** What a log is, by its first bytes: an event log, lines, JSON values over several lines, or nothing that is read. */
export type LogForm = 'evtx' | 'lines' | 'values' | 'utf16' | 'binary';

/** Judges by the beginning. A log line may start with `[` too, so an array is one only before an object. */
export function detectLogForm(head: Buffer): LogForm {
  if (isEvtx(head)) return 'evtx';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf16';
  if (head.subarray(0, 4096).includes(0)) return 'binary';
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^\[\s*[{\]]/.test(text)) return 'values';
  if (!text.startsWith('{')) return 'lines';
  const [first = '', second = ''] = text.split('\n', 2);
  // A first line that is cut off does not make values of a file of lines.
  return isObject(first) || isObject(second) ? 'lines' : 'values';
}

function isObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
