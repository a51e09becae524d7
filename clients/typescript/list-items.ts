import type { paths } from './api.generated.ts';
import type { TocsinClient } from './client.ts';

interface Listed<Item> {
  readonly get: {
    readonly responses: {
      readonly 200: {
        readonly content: {
          readonly 'application/json': {
            readonly items: readonly Item[];
            readonly next_cursor: string | null;
          };
        };
      };
    };
  };
}

/** A path that answers a list in pages. */
export type ListPath = {
  [Path in keyof paths]: paths[Path] extends Listed<unknown>
    ? Path extends `${string}{${string}`
      ? never
      : Path
    : never;
}[keyof paths];

/** An item of such a list. */
export type ListItem<Path extends ListPath> = paths[Path] extends Listed<infer Item> ? Item : never;

/** The filters of such a list. */
export type ListQuery<Path extends ListPath> = paths[Path] extends {
  readonly get: { readonly parameters: { readonly query?: infer Query } };
}
  ? {
      readonly [Name in keyof Omit<NonNullable<Query>, 'cursor' | 'limit'>]?:
        | NonNullable<Query>[Name]
        | undefined;
    }
  : Record<string, never>;

/** Most items of one page. */
const PAGE_ITEMS_MAX = 200;

/** Every item of a list, page by page as they are taken, up to `max`. */
export async function* listItems<Path extends ListPath>(
  client: TocsinClient,
  path: Path,
  query: ListQuery<Path>,
  max: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<ListItem<Path>, void, void> {
  let cursor: string | undefined;
  let left = max;
  do {
    const asked = { ...query, limit: Math.min(PAGE_ITEMS_MAX, left), cursor };
    // The type of a call follows from the path, and here the path is not known: ListPath says what it answers.
    const { data } = await client.GET(path as never, { params: { query: asked } } as never);
    const page = data as unknown as { items: ListItem<Path>[]; next_cursor: string | null };
    yield* page.items.slice(0, left);
    left -= page.items.length;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && left > 0);
}
