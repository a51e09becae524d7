/**
 * Joins metric texts of several processes (Prometheus text format 0.0.4) into one: samples of a name stand together
 * under one HELP and TYPE, as the format demands. The texts must tell their samples apart by labels.
 */
export function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const text of texts) {
    let name = '';
    for (const line of text.split('\n')) {
      const head = /^# (?:HELP|TYPE) (\S+)/.exec(line);
      if (head !== null) name = head[1] ?? '';
      if (line === '') continue;
      const family = families.get(name) ?? { head: [], samples: [] };
      families.set(name, family);
      if (head === null) family.samples.push(line);
      else if (!family.head.some((known) => known.slice(0, 7) === line.slice(0, 7)))
        family.head.push(line);
    }
  }
  const lines = [...families.values()].flatMap(({ head, samples }) => [...head, ...samples]);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
