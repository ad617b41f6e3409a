import { endlessPages } from './endless-pages.ts';
import type { Page } from './types.ts';

/** So many pages in a row with nothing on them are no search any more. */
const MOST_EMPTY = 100;

/** Every item of a search, page after page. `most` ends it early. */
export async function allPages<Item>(
  search: (pageToken: string | undefined) => Promise<Page<Item>>,
  most = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  const asked = new Set<string>();
  let empty = 0;
  let token: string | undefined;
  do {
    const page = await search(token);
    for (const item of page.items) items.push(item);
    empty = page.items.length === 0 ? empty + 1 : 0;
    token = page.nextPageToken ?? undefined;
    if (token === undefined) break;
    if (asked.has(token) || empty > MOST_EMPTY) throw endlessPages(token);
    asked.add(token);
  } while (items.length < most);
  return items.length > most ? items.slice(0, most) : items;
}
