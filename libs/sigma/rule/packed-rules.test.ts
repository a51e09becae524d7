import { describe, expect, it } from 'vitest';
import { ruleKey } from '../correlation/correlation-rule.ts';
import { finish } from '../index/work.ts';
import { corpusFiles, hasCorpus } from '../testing/corpus.ts';
import { loadRules } from './load-rules.ts';
import { packRules, plainRule, unpackRules } from './packed-rules.ts';

const TEXT = `title: First
id: 8518ed3d-f7c9-4601-a26c-f361a4256a0c
description: what it says
author: somebody
level: high
status: test
tags: [attack.t1003]
falsepositives: [administrators]
logsource: {product: windows, category: process_creation}
detection:
  s: {Image|endswith: '\\a.exe', Size|gt: 90071992547409930, Path|re: 'a+', Ip|cidr: 10.0.0.0/8}
  condition: s
---
title: Second
logsource: {service: sshd}
detection: {keywords: [one, two], condition: not keywords}
`;

describe('packed rules', () => {
  const { rules } = loadRules([{ name: 'two.yml', text: TEXT }]);

  it('say what the rules said, whatever is asked first', () => {
    const there = finish(unpackRules(packRules(rules)));
    expect(there.map(plainRule)).toEqual(rules);
    const [first, second] = finish(unpackRules(packRules(rules)));
    expect(second?.expression).toEqual(rules[1]?.expression);
    expect(first?.tags).toEqual(['attack.t1003']);
    expect(first?.description).toBe('what it says');
    expect(first?.level).toBe('high');
    expect(second === undefined ? '' : ruleKey(second)).toBe('two.yml:14');
  });

  it('are read once', () => {
    const [rule] = finish(unpackRules(packRules(rules)));
    expect(rule?.expression).toBe(rule?.expression);
    expect(rule?.metadata).toBe(rule?.metadata);
  });

  it('can be sent as plain rules', () => {
    const there = finish(unpackRules(packRules(rules))).map(plainRule);
    expect(structuredClone(there)).toEqual(rules);
    expect({ ...there[0] }).toEqual(rules[0]);
  });

  it.skipIf(!hasCorpus)('say the same of the public rules', () => {
    const files = corpusFiles('active').filter((_, index) => index % 10 === 0);
    const loaded = loadRules(files).rules;
    expect(finish(unpackRules(packRules(loaded))).map(plainRule)).toEqual(loaded);
  });
});
