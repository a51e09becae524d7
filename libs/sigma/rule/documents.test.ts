import { describe, expect, it } from 'vitest';
import { loadRules } from './load-rules.ts';

const BODY = 'logsource: {product: test}\ndetection: {s: {F: a}, condition: s}\n';
const ID = '0a1b2c3d-0000-4000-8000-00000000000';
const load = (text: string) => loadRules([{ name: 'rules.yml', text }]);
const titles = (text: string): string[] => load(text).rules.map(({ title }) => title);

describe('the documents of a file', () => {
  it('are rules, correlations and filters, each counted', () => {
    const correlation =
      'title: c\ncorrelation: {type: event_count, rules: a, timespan: 1m, condition: {gte: 2}}\n';
    const filter =
      'title: f\nlogsource: {product: test}\nfilter: {rules: any, s: {F: b}, condition: not s}\n';
    const loaded = load(
      `---\ntitle: a\nname: a\n${BODY}---\n# nothing\n---\n${correlation}---\n${filter}...\n`,
    );
    expect(loaded.refused).toEqual([]);
    expect(loaded.documents).toBe(3);
    expect([loaded.rules, loaded.correlations, loaded.filters].map((one) => one.length)).toEqual([
      1, 1, 1,
    ]);
  });

  it('are told apart where one is bad: the others load, with the line of the fault', () => {
    const { rules, refused } = load(
      `title: a\n${BODY}---\ntitle: b\nlogsource: {}\ndetection: 1\n---\ntitle: c\n${BODY}`,
    );
    expect(rules.map(({ title }) => title)).toEqual(['a', 'c']);
    expect(refused.map(({ line }) => line)).toEqual([7]);
  });

  it('may use anchors and aliases, within the limits', () => {
    const text =
      'title: a\nlogsource: &l {product: test}\ndetection: {s: {F: &v [x, y]}, t: {G: *v}, condition: all of them}\n';
    const [rule] = load(text).rules;
    expect(JSON.stringify(rule?.expression).match(/"x"/g)).toHaveLength(2);
  });

  it.each([
    ['title: a\ntitle: b\n', 'yaml_invalid'],
    ['title: "a\n', 'yaml_invalid'],
    ['title: a\n\tb: c\n', 'yaml_invalid'],
    ['? [a]\n: b\n', 'yaml_invalid'],
    ['just text', 'document_not_a_map'],
    ['title: a\ntaxonomy: ecs\n', 'foreign_taxonomy'],
    ['title: a\nid: 7\n', 'invalid_member'],
    ['title: a\nlevel: severe\n', 'invalid_member'],
    ['title: a\nstatus: done\n', 'invalid_member'],
    ['title: a\naction: merge\n', 'unknown_action'],
  ])('%j is refused: %s', (head, code) => {
    const text = head.endsWith('\n') ? head + BODY : head;
    expect(load(text).refused.map((fault) => fault.code)).toEqual([code]);
  });

  it.each([
    ['logsource: {}\ndetection: {s: {F: a}, condition: s}\n', 'missing_member'],
    ['logsource: test\ndetection: {s: {F: a}, condition: s}\n', 'invalid_member'],
    ['logsource: {product: test}\ndetection: {s: {F: a}}\n', 'missing_member'],
    ['logsource: {product: test}\ndetection: [s]\n', 'invalid_member'],
  ])('a rule whose members are %j is refused: %s', (members, code) => {
    expect(load(`title: a\n${members}`).refused.map((fault) => fault.code)).toEqual([code]);
  });

  it('refuses an id or name that is taken, whichever kind took it, in any case of the id', () => {
    const two = (first: string, second: string): string =>
      `title: a\n${first}\n${BODY}---\ntitle: b\n${second}\n${BODY}`;
    for (const [first, second] of [
      [`id: ${ID}a`, `id: ${ID.toUpperCase()}A`],
      ['name: x', 'name: x'],
    ] as const) {
      const { rules, refused } = load(two(first, second));
      expect(rules.map(({ title }) => title)).toEqual(['a']);
      expect(refused.map(({ code }) => code)).toEqual(['duplicate_id']);
    }
  });

  it('keep what is said of a rule beside its detection', () => {
    const text = `title: T\nid: ${ID}A\nstatus: TEST\nlevel: High\nauthor: Ann\ntags: [attack.t1059, tlp.red]\nreferences: [u]\ncustom: {a: 1}\ndate: 2024-01-02\n${BODY}`;
    expect(load(text).rules[0]).toMatchObject({
      id: `${ID}a`,
      status: 'test',
      level: 'high',
      author: 'Ann',
      tags: ['attack.t1059', 'tlp.red'],
      metadata: { references: ['u'], custom: { a: 1 }, date: '2024-01-02' },
    });
  });
});

describe('collection actions', () => {
  const GLOBAL = `action: global\nauthor: Ann\n${BODY}`;

  it('global joins a template into the rules after it, and wins over them', () => {
    const { rules } = load(
      `${GLOBAL}---\ntitle: a\nauthor: Bob\n---\ntitle: b\ndetection: {t: {G: 1}}\n`,
    );
    expect(rules.map(({ title, author }) => [title, author])).toEqual([
      ['a', 'Ann'],
      ['b', 'Ann'],
    ]);
  });

  it('reset ends the template, another global takes its place', () => {
    const text = `${GLOBAL}---\ntitle: a\n---\naction: reset\n---\ntitle: b\n---\naction: global\n${BODY}---\ntitle: c\n`;
    const { rules, refused } = load(text);
    expect(rules.map(({ title, author }) => [title, author])).toEqual([
      ['a', 'Ann'],
      ['c', ''],
    ]);
    expect(refused.map(({ code }) => code)).toEqual(['missing_member']);
  });

  it('repeat joins into the rule before, and then into what came of it; maps are joined deeply', () => {
    const { rules } = load(
      `title: a\n${BODY}---\naction: repeat\ntitle: b\ndetection: {s: {G: b}}\n---\naction: repeat\ntitle: c\n`,
    );
    expect(rules.map(({ title }) => title)).toEqual(['a', 'b', 'c']);
    const fields = rules.map(
      ({ expression }) => JSON.stringify(expression).match(/"field":"."/g)?.length,
    );
    expect(fields).toEqual([1, 2, 2]);
  });

  it('repeat after global makes a rule of the template', () => {
    expect(
      titles(`${GLOBAL}---\naction: repeat\ntitle: a\n---\naction: repeat\ntitle: b\n`),
    ).toEqual(['a', 'b']);
  });

  it('leaves correlations and filters as they are', () => {
    const text = `${GLOBAL}title: wins\n---\nname: x\n---\ntitle: c\ncorrelation: {type: event_count, rules: x, timespan: 1m, condition: {gte: 2}}\n`;
    const { rules, correlations } = load(text);
    expect(rules.map(({ title }) => title)).toEqual(['wins']);
    expect(correlations[0]?.map.entries.map(({ key }) => key)).toEqual(['title', 'correlation']);
  });
});
