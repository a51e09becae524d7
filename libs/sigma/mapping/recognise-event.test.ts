import { describe, expect, it } from 'vitest';
import { recogniseEvent } from './recognise-event.ts';

describe('recogniseEvent', () => {
  it('gives events of process creation by Security 4688 the names of Sysmon', () => {
    const event = {
      EventID: 4688,
      NewProcessName: 'a.exe',
      ParentProcessName: 'b.exe',
      ProcessId: '0x1',
    };
    expect(recogniseEvent(event, [])).toMatchObject({
      fields: {
        Image: 'a.exe',
        ParentImage: 'b.exe',
        ParentProcessId: '0x1',
        NewProcessName: 'a.exe',
      },
      logsources: [{ product: 'windows', category: 'process_creation', service: 'security' }],
    });
  });

  it('leaves what the event says itself: fields and logsources', () => {
    const own = [{ product: 'x', category: '', service: '' }];
    const event = { EventID: 4688, NewProcessName: 'a.exe', Image: 'own' };
    expect(recogniseEvent(event, own)).toMatchObject({ fields: { Image: 'own' }, logsources: own });
  });

  it.each([
    [
      {
        process: { executable: '/bin/sh', command_line: 'sh -c id' },
        event: { category: ['process'] },
        host: { os: { type: 'linux' } },
      },
      'CommandLine',
      'sh -c id',
      'linux',
    ],
    [
      { 'process.executable': '/bin/sh', 'event.category': 'process', 'host.os.type': 'linux' },
      'Image',
      '/bin/sh',
      'linux',
    ],
    [
      {
        class_uid: 1007,
        activity_id: 1,
        device: { os: { type: 'Windows' } },
        process: { cmd_line: 'x' },
      },
      'CommandLine',
      'x',
      'windows',
    ],
    [
      { apiVersion: 'audit.k8s.io/v1', verb: 'create', user: { username: 'bob' } },
      'username',
      'bob',
      'kubernetes',
    ],
    [
      { message: '1.2.3.4 6705: Feb 17: %PARSER-5-CFGLOG_LOGGEDCMD: User:a  logged command:no x' },
      'message',
      '1.2.3.4 6705: Feb 17: %PARSER-5-CFGLOG_LOGGEDCMD: User:a  logged command:no x',
      'cisco',
    ],
    [{ app: 'iLO5', message: 'Browser login' }, 'app', 'iLO5', 'hpe'],
  ])('knows %j', (event, field, value, product) => {
    const { fields, logsources } = recogniseEvent(event, []);
    expect(fields[field]).toBe(value);
    expect(logsources[0]?.product).toBe(product);
  });

  it('returns an event that no table knows as it is', () => {
    const event = { hello: 'world', __proto__: null };
    expect(recogniseEvent(event, [])).toEqual({ fields: event, logsources: [] });
  });
});
