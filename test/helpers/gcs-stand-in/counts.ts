import type { Operation } from './operation.ts';

/** One request as it came in, and what became of it. */
export interface RequestRecord {
  readonly operation: Operation;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  bucket?: string;
  object?: string;
  /** Zero while there is no answer, and where the connection ended without one. */
  status: number;
  /** Bytes of the bodies, as they went over the wire. */
  received: number;
  sent: number;
}

/** What the server has seen, for tests that prove how little was sent twice. */
export class Counts {
  #records: RequestRecord[];

  constructor(records: RequestRecord[] = []) {
    this.#records = records;
  }

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  add(record: RequestRecord): void {
    this.#records.push(record);
  }

  reset(): void {
    this.#records = [];
  }

  /** Requests of these operations; all without any. */
  requests(...operations: readonly Operation[]): number {
    return this.#of(operations).length;
  }

  /** Bytes of content that came in for objects whose `bucket/name` begins so. */
  received(place = ''): number {
    return sum(this.#of(['object.insert', 'upload.chunk']), place, 'received');
  }

  /** Bytes of content that went out of objects whose `bucket/name` begins so. */
  sent(place = ''): number {
    return sum(this.#of(['object.media']), place, 'sent');
  }

  #of(operations: readonly Operation[]): readonly RequestRecord[] {
    if (operations.length === 0) return this.#records;
    return this.#records.filter(({ operation }) => operations.includes(operation));
  }
}

function sum(records: readonly RequestRecord[], place: string, what: 'received' | 'sent'): number {
  return records
    .filter(({ bucket, object }) => `${bucket}/${object}`.startsWith(place))
    .reduce((total, record) => total + record[what], 0);
}
