import type { JsonRecord } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import type { WindowsEvent } from './channels.ts';

/** Rendered messages repeat every member over a page; their first sentence says what happened. */
const TITLE_LENGTH_MAX = 300;

/** One line: the first of the rendered message, and the member that tells most. */
export function describeEvent(fields: JsonRecord, kind: WindowsEvent): string {
  const title = messageOf(titleOf(fields.Message ?? fields.message)) || kind.action;
  const detail = kind.detail === '' ? '' : textOf(fields[kind.detail]);
  if (detail === '' || detail === '-') return title;
  const end = title.charCodeAt(title.length - 1);
  const bare = end === 46 || end === 58 ? title.slice(0, -1) : title;
  return `${bare}: ${detail}`;
}

function titleOf(message: unknown): string {
  if (typeof message !== 'string') return '';
  const end = message.indexOf('\n');
  if (end < 0)
    return message.length > TITLE_LENGTH_MAX ? message.slice(0, TITLE_LENGTH_MAX) : message;
  const cut = message.charCodeAt(end - 1) === 13 ? end - 1 : end;
  return message.slice(0, Math.min(cut, TITLE_LENGTH_MAX));
}
