import { SentopsError } from '../../../core/errors.ts';

export interface HubRef {
  /** `owner/name`; datasets of the first days have no owner. */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** `owner/name`, `owner/name@revision`, or the address of its page. */
export function readRef(ref: string, version: string | undefined): HubRef {
  const path = ref
    .trim()
    .replace(/^https?:\/\/(www\.)?huggingface\.co\/(datasets\/)?/i, '')
    .replace(/[?#].*$/, '');
  const [, id = '', named] = /^([\w.-]+(?:\/[\w.-]+)?)(?:@(.+)|\/tree\/(?:.+))?\/?$/.exec(path) ?? [];
  const branch = named ?? /\/tree\/([^/]+)/.exec(path)?.[1];
  if (id === '' || id.split('/').some(part => /^[.-]|\.\.|--/.test(part)))
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(ref)} is no dataset of Hugging Face`, {
      hint: 'write owner/name, as in the address of its page: stanfordnlp/imdb',
    });
  if (version !== undefined && branch !== undefined && branch !== version)
    throw new SentopsError('FLAG_INVALID', `${ref} names revision ${branch}, and ${version} was asked for`);
  return { id, revision: version ?? branch ?? 'main' };
}
