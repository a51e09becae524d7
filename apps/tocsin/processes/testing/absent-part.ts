/**
 * Stands for a part that is not there: any member of it is such a part again, and so is the result of any call.
 * Enough to compose the services of a process and look at their routes; a handler that is run gets nowhere.
 */
export function absentPart<Part>(): Part {
  const part: unknown = new Proxy(() => part, {
    get: (_target, member) => {
      if (member === Symbol.toPrimitive) return () => '';
      if (member === Symbol.iterator) return () => [][Symbol.iterator]();
      return member === 'then' ? undefined : part;
    },
    apply: () => part,
    construct: () => part as object,
  });
  return part as Part;
}

/** Parts of which only some are there. */
export function withAbsentParts<Parts extends object>(given: Partial<Parts>): Parts {
  return new Proxy(given, {
    get: (parts, name) => (name in parts ? Reflect.get(parts, name) : absentPart()),
  }) as Parts;
}
