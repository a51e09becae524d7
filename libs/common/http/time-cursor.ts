import Type, { type Static } from 'typebox';
import { cursorCodec } from './page.ts';

/** Years 1 to 9999: what both JavaScript and PostgreSQL can name. */
const TIME_MIN = -62_135_596_800_000;
const TIME_MAX = 253_402_300_799_999;

const position = Type.Object(
  {
    at: Type.Integer({ minimum: TIME_MIN, maximum: TIME_MAX }),
    id: Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
  },
  { additionalProperties: false },
);

/** Where a page ended in a list ordered by a time (milliseconds since 1970) and a UUID. */
export type TimePosition = Static<typeof position>;

/** Cursors of lists ordered by a time and a UUID. */
export const timeCursors = cursorCodec(position);
