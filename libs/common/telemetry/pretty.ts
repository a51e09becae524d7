const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[90m',
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const GREY = '\u001b[90m';
const RESET = '\u001b[0m';

/** Keys shown apart or not at all. */
const SHOWN = new Set(['timestamp', 'level', 'service', 'message']);
/** What a terminal would obey or hide. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not get
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * One JSON log line as a short line for people: time, level, service, message, then `key=value`.
 * Text that is no JSON object (for example PostgreSQL's own output) comes back as it is, made harmless.
 * Values never move the cursor: control and bidirectional characters are shown as escapes.
 */
export function printPretty(line: string, colour = true): string {
  const record = parse(line);
  if (record === undefined) return `${visible(line.trimEnd())}\n`;
  const paint = (code: string, text: string) => (colour ? `${code}${text}${RESET}` : text);
  const level = String(record.level ?? 'info');
  const head = [
    paint(GREY, String(record.timestamp ?? '').slice(11, 23)),
    paint(COLOURS[level] ?? '', level.toUpperCase().padEnd(5)),
    visible(String(record.service ?? '')).padEnd(8),
    visible(String(record.message ?? '')),
  ];
  const fields = Object.entries(record)
    .filter(([key, value]) => !SHOWN.has(key) && value !== null)
    .map(([key, value]) => paint(GREY, `${visible(key)}=${visible(printValue(value))}`));
  return `${[...head, ...fields].join(' ')}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** An error shows its message and the place it was thrown; the JSON form has the whole stack. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value) {
    const place = String(value.stack).split('\n')[1]?.trim() ?? '';
    return `${String(value.message)} ${place}`.trim();
  }
  return JSON.stringify(value) ?? '';
}

function visible(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
