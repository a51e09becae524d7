import type { Place } from '../fault.ts';

/** A scalar as YAML 1.2 types it. Whole numbers of any size are exact: beyond 2^53 they are `bigint`. */
export type YamlScalarValue = string | number | bigint | boolean | null;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: YamlScalarValue;
  readonly place: Place;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly place: Place;
}

export interface YamlEntry {
  readonly key: string;
  readonly place: Place;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly place: Place;
}

/** A YAML value with its place, aliases resolved. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** The value under a key; undefined when there is none. */
export function member(map: YamlMap, key: string): YamlNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

/** The text of a member that is a scalar and not null. */
export function memberText(map: YamlMap, key: string): string | undefined {
  const node = member(map, key);
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** Plain data of a node, for metadata that is only kept and shown. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar')
    return typeof node.value === 'bigint' ? String(node.value) : node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainValue(entry.value)]));
}

/** Joins two maps, the second winning; maps within them are joined likewise. */
export function mergeMaps(base: YamlMap, over: YamlMap): YamlMap {
  const entries = new Map(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const before = entries.get(entry.key);
    const value =
      before?.value.kind === 'map' && entry.value.kind === 'map'
        ? mergeMaps(before.value, entry.value)
        : entry.value;
    entries.set(entry.key, { ...entry, value });
  }
  return { kind: 'map', entries: [...entries.values()], place: over.place };
}
