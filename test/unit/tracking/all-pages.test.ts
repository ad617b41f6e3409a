import { expect, test } from 'vitest';
import { allPages } from '../../../src/lib/tracking/all-pages.ts';
import { errorOf } from './rest/stand-in.ts';

/** Pages by token; the first one is under nothing. Tells what was asked for. */
function pagesOf(pages: Readonly<Record<string, readonly [items: readonly number[], next: string | null]>>) {
  const asked: string[] = [];
  const search = async (pageToken = '') => {
    asked.push(pageToken);
    const [items, nextPageToken] = pages[pageToken] ?? [[], null];
    return { items, nextPageToken };
  };
  return { asked, search };
}

test('every page is asked for once, empty ones in between as well', async () => {
  const { asked, search } = pagesOf({ '': [[1, 2], 'a'], a: [[], 'b'], b: [[3], null] });
  expect(await allPages(search)).toEqual([1, 2, 3]);
  expect(asked).toEqual(['', 'a', 'b']);
});

test('no more pages are asked for than are needed, and no more items given', async () => {
  const { asked, search } = pagesOf({ '': [[1, 2], 'a'], a: [[3, 4], 'b'], b: [[5], null] });
  expect(await allPages(search, 3)).toEqual([1, 2, 3]);
  expect(asked).toEqual(['', 'a']);
  expect(await allPages(search, 2)).toEqual([1, 2]);
});

test('pages that lead back to one that was there are left, with the token', async () => {
  const { asked, search } = pagesOf({ '': [[1], 'a'], a: [[2], 'b'], b: [[3], 'a'] });
  expect(await errorOf(allPages(search))).toMatchObject({ code: 'DATA_INVALID', details: { pageToken: 'a' } });
  expect(asked).toEqual(['', 'a', 'b']);
});

test('empty pages with ever new tokens are left, too', async () => {
  let asked = 0;
  const search = async () => ({ items: [], nextPageToken: String(asked++) });
  expect((await errorOf(allPages(search))).code).toBe('DATA_INVALID');
  expect(asked).toBeLessThan(1000);
});
