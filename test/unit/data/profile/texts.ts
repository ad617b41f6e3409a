import { TextScan } from '../../../../src/lib/data/profile/text-scan.ts';
import type { FieldColumn } from '../../../../src/lib/data/rows.ts';

/** Texts as a column of a batch; null has no bytes. There is something before and behind each of them. */
export function columnOf(texts: readonly (string | null)[]): FieldColumn {
  const pieces: Buffer[] = [Buffer.from('7@')];
  const starts = new Int32Array(texts.length).fill(-1);
  const ends = new Int32Array(texts.length);
  let size = 2;
  for (const [row, text] of texts.entries()) {
    if (text === null) continue;
    const piece = Buffer.from(text);
    pieces.push(piece, Buffer.from('9@x.yz 9'));
    starts[row] = size;
    ends[row] = size + piece.length;
    size += piece.length + 8;
  }
  return { bytes: Buffer.concat(pieces), starts, ends };
}

export function scanned(texts: readonly (string | null)[]): { column: FieldColumn; features: TextScan } {
  const column = columnOf(texts);
  const features = new TextScan();
  features.scan(column, texts.length);
  return { column, features };
}
