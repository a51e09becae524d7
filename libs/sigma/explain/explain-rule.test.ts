import { describe, expect, it } from 'vitest';
import { loadRules } from '../rule/load-rules.ts';
import { explainRule } from './explain-rule.ts';
import { renderExplanation } from './render-explanation.ts';

const TEXT = `title: t
logsource: {product: windows}
detection:
  selection:
    Image|endswith: ['\\powershell.exe', '\\pwsh.exe']
    ParentImage|contains: office
  filter:
    User: null
  words:
    - 'mimikatz'
  condition: (selection or words) and not filter
`;

function explain(event: Record<string, unknown>): string {
  const [rule] = loadRules([{ name: 't.yml', text: TEXT }]).rules;
  if (rule === undefined) throw new TypeError('the rule does not load');
  return renderExplanation(explainRule(rule.expression, event));
}

describe('explainRule', () => {
  it('names the value, the literal and the place that decided each part', () => {
    expect(
      explain({ Image: 'C:\\x\\PowerShell.exe', ParentImage: 'C:\\Office\\w.exe', User: 'ann' }),
    ).toBe(
      [
        'yes  all of',
        'yes    any of',
        'yes      selection',
        'yes        all of',
        'yes          Image: "*\\\\powershell.exe": matches "C:\\\\x\\\\PowerShell.exe" from character 5 (line 5, column 5)',
        'yes          ParentImage: "*office*": matches "C:\\\\Office\\\\w.exe" from character 4 (line 6, column 5)',
        'no       words',
        'no         keyword "*mimikatz*": nowhere (line 10, column 5)',
        'yes    not',
        'no       filter',
        'no         User: "null": is not "ann" (line 8, column 5)',
      ].join('\n'),
    );
  });

  it('says which field is missing and what was there instead', () => {
    const text = explain({ Image: 'cmd.exe', note: 'MIMIKATZ' });
    expect(text).toContain('missing: `ParentImage`');
    expect(text).toContain(
      'no           Image: "*\\\\powershell.exe", "*\\\\pwsh.exe": is not "cmd.exe"',
    );
    expect(text).toContain('yes        keyword "*mimikatz*": in "MIMIKATZ"');
    expect(text).toContain('yes        User: "null": missing: `User`');
  });

  it('quotes of a long value the part in which the literal stands, and says where', () => {
    const value = `${'a'.repeat(5000)} office ${'b'.repeat(5000)}`;
    const text = explain({ Image: 'C:\\pwsh.exe', ParentImage: value });
    expect(text).toMatch(/matches "…a{49} office b+…" from character 5002 \(/);
  });
});
