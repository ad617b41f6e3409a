import { SentopsError } from '../../../core/errors.ts';

export interface KaggleRef {
  readonly owner: string;
  readonly name: string;
  readonly version: number | null;
}

/** `owner/name`, with a version as the kaggle tool writes it (`owner/name/3`) or as its pages do, or the page itself. */
export function readRef(ref: string, wanted: string | undefined): KaggleRef {
  const path = ref
    .trim()
    .replace(/^https?:\/\/(www\.)?kaggle\.com\/(datasets\/)?/i, '')
    .replace(/[?#].*$/, '');
  const [, owner, name, version] = /^([\w-]+)\/([\w-]+)(?:\/(?:versions\/)?([1-9]\d{0,8}))?\/?$/.exec(path) ?? [];
  if (owner === undefined || name === undefined)
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(ref)} is no dataset of Kaggle`, {
      hint: 'write owner/name, as in the address of its page: kazanova/sentiment140',
    });
  if (wanted !== undefined && !isVersion(wanted))
    throw new SentopsError('FLAG_INVALID', `versions on Kaggle are numbers, and ${JSON.stringify(wanted)} is none`);
  if (wanted !== undefined && version !== undefined && Number(wanted) !== Number(version))
    throw new SentopsError('FLAG_INVALID', `${ref} names version ${version}, and version ${wanted} was asked for`);
  const chosen = wanted ?? version;
  return { owner, name, version: chosen === undefined ? null : Number(chosen) };
}

function isVersion(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}
