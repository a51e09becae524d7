import Type from 'typebox';

const shared = {
  session_id: Type.String({ format: 'uuid' }),
  subject: Type.String({ description: 'Whom the identity provider named' }),
  role: Type.String(),
  tenant_id: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String({ format: 'date-time' }),
  last_seen_at: Type.String({ format: 'date-time', description: 'To the minute' }),
  expires_at: Type.String({ format: 'date-time', description: 'Its end whatever happens' }),
};

const members = { ...shared, display_name: Type.String() };

/** Somebody who is logged in, on the wire. */
export const SessionEntry = Type.Object(members, { title: 'Session of a person' });

/** The same for who runs the platform and reads no data of tenants: no names of people. */
export const PlatformSessionEntry = Type.Object(shared, {
  title: 'Session of a person, without a name',
});

/** The same among one's own. */
export const OwnSessionEntry = Type.Object(
  { ...members, current: Type.Boolean({ description: 'The one that asks' }) },
  { title: 'Session of one’s own' },
);

/** What the wire tells of a stored session. */
export interface SessionView {
  readonly session_id: string;
  readonly subject: string;
  readonly display_name: string;
  readonly role: string;
  readonly tenant_id: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
}

/** A stored session as the API shows it. */
export function renderSession(row: SessionView) {
  return {
    session_id: row.session_id,
    subject: row.subject,
    display_name: row.display_name,
    role: row.role,
    tenant_id: row.tenant_id,
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

/** The same without the name. */
export function renderPlatformSession(row: SessionView) {
  const { display_name: _, ...rest } = renderSession(row);
  return rest;
}
