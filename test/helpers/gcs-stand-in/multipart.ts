import { ApiError } from './api-error.ts';
import type { Fields } from './store.ts';

const HEAD_LIMIT = 1 << 20;

/** Reads a multipart/related body: metadata as JSON, then the content, which is handed on as it comes. */
export async function readMultipart(
  body: AsyncIterable<Buffer>,
  type: string,
  onContent: (chunk: Buffer) => void,
): Promise<{ readonly metadata: Fields; readonly contentType: string }> {
  const boundary = /boundary=(?:"([^"]+)"|'([^']+)'|([^\s;]+))/i
    .exec(type)
    ?.slice(1)
    .find(one => one !== undefined);
  if (boundary === undefined) throw new ApiError(400, 'badContent', 'Multipart must have a boundary');
  let head: Head | null = null;
  let held: Buffer = Buffer.alloc(0);
  // The end of the content is only known when the closing boundary has come.
  const tail = boundary.length + 16;
  for await (const chunk of body) {
    held = Buffer.concat([held, chunk]);
    if (head === null) {
      head = readHead(held, boundary);
      if (head === null && held.length > HEAD_LIMIT) break;
      if (head === null) continue;
      held = held.subarray(head.end);
    }
    if (held.length > tail) {
      onContent(held.subarray(0, held.length - tail));
      held = held.subarray(held.length - tail);
    }
  }
  if (head === null) throw new ApiError(400, 'badContent', 'Missing end boundary in multipart body.');
  const end = held.lastIndexOf(`${head.newline}--${boundary}--`);
  if (end < 0) throw new ApiError(400, 'badContent', 'Missing end boundary in multipart body.');
  onContent(held.subarray(0, end));
  return { metadata: head.metadata, contentType: head.contentType };
}

interface Head {
  readonly metadata: Fields;
  readonly contentType: string;
  readonly newline: string;
  /** Where the content begins. */
  readonly end: number;
}

/** Null while the headers of the second part are not complete; lines end as those of the first one do. */
function readHead(bytes: Buffer, boundary: string): Head | null {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, HEAD_LIMIT));
  const first = text.indexOf(`--${boundary}`);
  const newline = text.startsWith('\r\n', first + boundary.length + 2) ? '\r\n' : '\n';
  const blank = newline + newline;
  const json = text.indexOf(blank, first);
  const second = text.indexOf(`${newline}--${boundary}${newline}`, json);
  const end = text.indexOf(blank, second + newline.length);
  if (first < 0 || json < 0 || second < 0 || end < 0) return null;
  const metadata = bytes.toString('utf8', json + blank.length, second).trim();
  const contentType = /^content-type:\s*(.+?)\s*$/im.exec(text.slice(second, end))?.[1] ?? '';
  return { metadata: metadata === '' ? {} : JSON.parse(metadata), contentType, newline, end: end + blank.length };
}
