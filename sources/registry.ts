import { apache } from './apache/apache.ts';
import { awsCloudtrail } from './aws-cloudtrail/aws-cloudtrail.ts';
import { cef } from './cef/cef.ts';
import { cowrie } from './cowrie/cowrie.ts';
import { linuxAuth } from './linux-auth/linux-auth.ts';
import type { JsonSource, Source, TextSource } from './source.ts';
import { suricata } from './suricata/suricata.ts';
import { windows } from './windows/windows.ts';
import { zeek } from './zeek/zeek.ts';

/** Every source, in the order they are asked when neither hint nor app-name decides. Add a new one here. */
export const SOURCES: readonly Source[] = [
  ...[windows, zeek, suricata, cowrie, awsCloudtrail],
  ...[linuxAuth, cef, apache],
];

/** Longest hint that is looked up; the API limits it more tightly. */
const HINT_LENGTH_MAX = 64;

export const JSON_SOURCES: readonly JsonSource[] = SOURCES.filter(
  (source) => source.reads === 'json',
);
export const TEXT_SOURCES: readonly TextSource[] = SOURCES.filter(
  (source) => source.reads === 'text',
);

const BY_HINT: ReadonlyMap<string, Source> = new Map(
  SOURCES.flatMap((source) => source.hints.map((hint) => [hint, source] as const)),
);
const BY_APP: ReadonlyMap<string, TextSource> = new Map(
  TEXT_SOURCES.flatMap((source) => source.apps.map((app) => [app, source] as const)),
);

/** The source a hint names, or `undefined`. UNTRUSTED: it only decides who is asked first. */
export function findByHint(hint: string): Source | undefined {
  if (hint === '' || hint.length > HINT_LENGTH_MAX) return undefined;
  return BY_HINT.get(hint) ?? BY_HINT.get(hint.toLowerCase());
}

/** The source that owns a syslog app-name, or `undefined`. */
export function findByApp(app: string): TextSource | undefined {
  return BY_APP.get(app);
}
