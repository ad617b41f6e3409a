import { SentopsError } from '../../core/errors.ts';

/** How many bytes of a file's beginning tell what it is. */
export const HEAD_BYTES = 512;

interface Kind {
  readonly title: string;
  readonly magic: readonly (readonly number[])[];
}

/** By the ending of a name: how such a file begins. */
const KINDS: Readonly<Record<string, Kind>> = {
  // With entries, without any, and in several volumes.
  zip: {
    title: 'a zip archive',
    magic: [
      [0x50, 0x4b, 3, 4],
      [0x50, 0x4b, 5, 6],
      [0x50, 0x4b, 7, 8],
    ],
  },
  gz: { title: 'a gzip file', magic: [[0x1f, 0x8b]] },
  zst: { title: 'a zstd file', magic: [[0x28, 0xb5, 0x2f, 0xfd]] },
  parquet: { title: 'a Parquet file', magic: [[0x50, 0x41, 0x52, 0x31]] },
};

const PAGE = /^[\s\uFEFF]*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i;

/** How stores of objects tell in an answer without an error what went wrong. */
const XML = /^\s*<\?xml\s/;
const ROWS = ['csv', 'tsv', 'jsonl', 'ndjson'];

/** Refuses a file that does not begin as its name says, before the rest of it is fetched. */
export function checkHead(name: string, head: Uint8Array): void {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const text = Buffer.from(head)
    .toString('latin1')
    .replace(/^\xEF\xBB\xBF/, '');
  if (PAGE.test(text) && ending !== 'html' && ending !== 'htm')
    throw new SentopsError('DATA_INVALID', `${name} is a web page, not the file`, {
      hint: 'the server wants a login, a consent or another address: open it in a browser and look',
      details: { path: name, begins: text.slice(0, 80) },
    });
  if (ROWS.includes(ending) && XML.test(text))
    throw new SentopsError('DATA_INVALID', `${name} is an XML document, not the file`, {
      hint: 'the server answers with a message: open the address in a browser and look',
      details: { path: name, begins: text.slice(0, 80) },
    });
  const kind = Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined;
  if (kind === undefined || kind.magic.some(magic => magic.every((byte, index) => head[index] === byte))) return;
  throw new SentopsError('DATA_INVALID', `${name} is not ${kind.title}: it begins with ${showBytes(head)}`, {
    hint: 'the source sent something else under that name: look at it, or tell its owner',
    details: { path: name },
  });
}

function showBytes(head: Uint8Array): string {
  if (head.length === 0) return 'nothing';
  return Buffer.from(head.subarray(0, 8)).toString('hex');
}

/** Zip archives are unpacked; what is only compressed is read as it is everywhere. */
export function isArchive(name: string): boolean {
  return /\.zip$/i.test(name);
}
