type Members = Record<string, unknown>;

/** Texts that come near many rules at every place: starts of literals, and what regular expressions retry on. */
const PIECES = [
  'powershell -e',
  'cmd /c set a&&',
  '\\\\AppData\\\\Roaming\\',
  'aaaaaaaaaaaaaaaa',
  'echo clip &&(',
  'imphash=',
  ':assumed-role/aws:',
  'cmd.exe /r powershell ',
  '\\u0065\u0441\u043e',
  'w`w`w`',
  ' -w hidden -nop -c ',
  '"{0}{1}" -f',
  '$env:comspec[4,',
  'regsvr32 /s /u /i:',
];

const FIELDS = ['CommandLine', 'ParentCommandLine', 'Image', 'ParentImage', 'Message'];

/** Process creations whose every long field is `bytes` long in all and made of one piece, or of all in turn. */
export function hostileEvents(bytes: number, count: number): Members[] {
  return Array.from({ length: count }, (_, number) => {
    const event: Members = {
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      EventID: 1,
    };
    const field = FIELDS[number % FIELDS.length] as string;
    const piece = PIECES[number % PIECES.length] as string;
    const unit = number % 3 === 2 ? PIECES.join(String(number)) : piece;
    event[field] = unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
    return event;
  });
}
