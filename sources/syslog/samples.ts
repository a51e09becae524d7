import type { Sample } from '../sample.ts';

export const samples: readonly Sample[] = [
  {
    name: 'reads an RFC 3164 line',
    line: '<165>Mar  2 08:15:30 core-sw1 chassisd[311]: fan tray 2 removed',
    expected: {
      at: '2026-03-02T08:15:30.000Z',
      category: 'ops',
      severity: 2,
      sourceSystem: 'chassisd',
      sourceIntegration: 'syslog',
      sourceHost: 'core-sw1',
      targetId: 'core-sw1',
      message: 'fan tray 2 removed',
      attributes: { app: 'chassisd', pid: '311', facility: 20, level: 5 },
    },
  },
  {
    name: 'reads an RFC 5424 line with structured data and a byte order mark',
    line: '<11>1 2026-03-02T08:15:30.250+02:00 fs-1 backupd 77 JOB9 [job@32473 id="a\\"]b"][x@1 y="2"] \ufeffjob failed',
    expected: {
      at: '2026-03-02T06:15:30.250Z',
      severity: 6,
      sourceHost: 'fs-1',
      message: 'job failed',
      attributes: {
        app: 'backupd',
        pid: '77',
        msgid: 'JOB9',
        structured_data: '[job@32473 id="a\\"]b"][x@1 y="2"]',
      },
    },
  },
  {
    name: 'reads nil values of RFC 5424 as absent',
    line: '<14>1 2026-03-02T08:15:30Z - - - - - started',
    host: 'edge-7',
    expected: { sourceHost: 'edge-7', sourceSystem: 'syslog', message: 'started' },
  },
  {
    name: 'says so when an RFC 5424 time cannot be read',
    line: '<14>1 203 fs-1 app - - - started',
    expected: { parseStatus: 'partial', parseError: 'bad_timestamp', sourceHost: 'fs-1' },
  },
  {
    name: 'takes the year before for December read in January',
    line: 'Dec 31 23:59:58 fs-1 app: last',
    receivedAt: '2026-01-01T00:00:04.000Z',
    expected: { at: '2025-12-31T23:59:58.000Z' },
  },
  {
    name: 'takes the year after for a clock that is ahead at New Year',
    line: 'Jan  1 00:00:02 fs-1 app: first',
    receivedAt: '2025-12-31T23:59:59.000Z',
    expected: { at: '2026-01-01T00:00:02.000Z' },
  },
  {
    name: 'does not put an old line half a year ahead',
    line: 'Mar 27 13:06:56 fs-1 app: old',
    receivedAt: '2026-11-23T00:00:00.000Z',
    expected: { at: '2026-03-27T13:06:56.000Z' },
  },
  {
    name: 'reads a year that stands before the clock',
    line: '<166>Mar 02 2024 08:15:30 fw-1 : %FW-6-302013: Built connection',
    expected: { at: '2024-03-02T08:15:30.000Z', sourceHost: 'fw-1' },
  },
  {
    name: 'reads a year that stands behind the clock',
    line: 'Mar 02 08:15:30 2024 ap-9 stm[31]: client gone',
    expected: { at: '2024-03-02T08:15:30.000Z', sourceHost: 'ap-9', sourceSystem: 'stm' },
  },
  {
    name: 'reads a day of one digit that is not padded',
    line: 'Mar 2 08:15:30 fs-1 app: x',
    expected: { at: '2026-03-02T08:15:30.000Z', sourceHost: 'fs-1' },
  },
  {
    name: 'reads an ISO time in front of host and tag',
    line: '2026-03-02T08:15:30.250+00:00 fs-1 backupd[7]: done',
    expected: { at: '2026-03-02T08:15:30.250Z', sourceHost: 'fs-1', message: 'done' },
  },
  {
    name: 'reads a line without a host',
    line: '<13>Mar  2 08:15:30 backupd[7]: done',
    expected: { sourceHost: '', sourceSystem: 'backupd', message: 'done' },
  },
  {
    name: 'reads a priority with nothing but text behind it, at the time of receipt',
    line: '<13>plain words',
    expected: { at: '2026-03-02T12:00:00.000Z', message: 'plain words' },
  },
  {
    name: 'hands a JSON payload on, with host and time of the header',
    line: '<134>Mar  2 08:15:30 sensor-1 app[9]: {"message":"hello","user":"mira"}',
    expected: {
      at: '2026-03-02T08:15:30.000Z',
      sourceIntegration: 'generic-json',
      sourceHost: 'sensor-1',
      actorId: 'mira',
      message: 'hello',
    },
  },
  {
    name: 'hands a JSON payload on to the source that knows it',
    line: '<134>Mar  2 08:15:30 sensor-1 zeek: {"_path":"dns","ts":1772439330,"query":"a.example"}',
    expected: { sourceIntegration: 'zeek', sourceHost: 'sensor-1', action: 'dns' },
  },
  {
    name: 'keeps a payload that only starts like JSON as text',
    line: '<134>Mar  2 08:15:30 sensor-1 app: {not json',
    expected: { sourceIntegration: 'syslog', message: '{not json' },
  },
  {
    name: 'does not take a priority above 191 for one',
    line: '<192>Mar  2 08:15:30 fs-1 app: x',
    expected: { sourceIntegration: 'text', parseStatus: 'partial', parseError: 'unclaimed' },
  },
];
