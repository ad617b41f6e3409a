import { SentopsError } from '../core/errors.ts';

/** For a list whose pages lead back to one that was there before. */
export function endlessPages(pageToken: string): SentopsError {
  return new SentopsError('DATA_INVALID', `the pages of a list do not end: the server leads back to ${pageToken}`, {
    hint: 'the server, or a proxy before it, takes no notice of page_token',
    details: { pageToken },
  });
}
