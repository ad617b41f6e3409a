import fs from 'node:fs';
import path from 'node:path';

/** The page about a dataset, not one of its files. */
const HUB_PAGE =
  /^https?:\/\/(?:www\.)?huggingface\.co\/datasets\/[^/?#]+(?:\/[^/?#]+)?(?:\/tree\/[^?#]+)?\/?(?:[?#].*)?$/i;

/** What a reference looks like, where the project does not say which source it is for. */
export function inferSource(ref: string, cwd: string): string {
  if (/^https?:\/\/(?:www\.)?kaggle\.com\//i.test(ref)) return 'kaggle';
  if (HUB_PAGE.test(ref)) return 'hf';
  if (/^https?:\/\//i.test(ref)) return 'http';
  if (/^gs:\/\//i.test(ref)) return 'gcs';
  if (/^file:\/\//i.test(ref) || /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(ref)) return 'local';
  if (/^[\w.-]+\/[\w.-]+$/.test(ref) && !fs.existsSync(path.resolve(cwd, ref))) return 'kaggle';
  return fs.existsSync(path.resolve(cwd, ref)) ? 'local' : 'kaggle';
}

const ENDINGS = /(?:\.(?:zip|tar|gz|tgz|zst|csv|tsv|jsonl|ndjson|json|parquet|txt))+$/i;

/** A name for a folder: the last word of a reference, without endings. */
export function shortNameOf(ref: string): string {
  const [bare = ''] = ref.split(/[?#]/);
  const last = bare.split(/[/\\]/).findLast(part => part !== '') ?? '';
  const name = last
    .replace(ENDINGS, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'dataset' : name;
}
