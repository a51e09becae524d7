/** Schemas that have a name of their own in an API document, by that name. */
export type Components = Record<string, unknown>;

/**
 * Copies a part of an API document and moves every object schema that has a `title` into `components`, where the
 * title becomes its name (`Case to open`: `CaseToOpen`); a reference stays in its place. So documents are short and
 * generated clients have types with names. A second, different schema of the same title stays where it is.
 */
export function withComponents(part: unknown, components: Components): unknown {
  if (Array.isArray(part)) return part.map((item) => withComponents(item, components));
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(
    Object.entries(part).map(([member, value]) => [member, withComponents(value, components)]),
  );
  const name = nameOf(copy);
  if (name === undefined) return copy;
  const known = components[name];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(copy)) return copy;
  components[name] = copy;
  return { $ref: `#/components/schemas/${name}` };
}

function nameOf(schema: Record<string, unknown>): string | undefined {
  const { title, type } = schema;
  if (type !== 'object' || typeof title !== 'string') return undefined;
  const words = title.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || undefined;
}
