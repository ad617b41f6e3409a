import path from 'node:path';
import { isUri } from '../../core/is-uri.ts';

/** A reference as the source is asked, and the version that is named in it. */
interface ReadRef {
  readonly ref: string;
  readonly version: string | null;
}

/** The page of a dataset names it as well as its reference does. */
export function readRef(source: string, written: string, base: string): ReadRef {
  if (source === 'local')
    return {
      ref: isUri(written) ? decodeURIComponent(new URL(written).pathname) : path.resolve(base, written),
      version: null,
    };
  if (source === 'kaggle') return readKaggle(written);
  if (source === 'hf') return readHub(written);
  return { ref: written, version: null };
}

const VERSION = String.raw`\/(?:versions\/)?([1-9]\d{0,8})`;
const KAGGLE_PAGE = new RegExp(
  String.raw`^https?:\/\/(?:www\.)?kaggle\.com\/(?:datasets\/)?([^/?#]+\/[^/?#]+)(?:${VERSION}(?=[/?#]|$))?`,
  'i',
);
const KAGGLE_VERSION = new RegExp(String.raw`^([\w-]+\/[\w-]+)${VERSION}\/?$`);

function readKaggle(written: string): ReadRef {
  const [, page, onPage] = KAGGLE_PAGE.exec(written) ?? [];
  const asked = /[?&]datasetVersionNumber=(\d+)/.exec(written)?.[1];
  if (page !== undefined) return { ref: page, version: onPage ?? asked ?? null };
  const [, ref = written, version = null] = KAGGLE_VERSION.exec(written) ?? [];
  return { ref, version };
}

function readHub(written: string): ReadRef {
  const [, page = written] = /^https?:\/\/(?:www\.)?huggingface\.co\/datasets\/([^?#]+)/i.exec(written) ?? [];
  const [, ref = page, version = null] = /^(.+?)\/tree\/([^/]+)/.exec(page) ?? [];
  return { ref: ref.replace(/\/+$/, ''), version };
}
