import type { Page } from './types.ts';

/** Every item of a search, page after page. `most` ends it early. */
export async function allPages<Item>(
  search: (pageToken: string | undefined) => Promise<Page<Item>>,
  most = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const page = await search(token);
    for (const item of page.items) items.push(item);
    token = page.nextPageToken ?? undefined;
  } while (token !== undefined && items.length < most);
  return items.length > most ? items.slice(0, most) : items;
}
