import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Project } from '../../src/lib/config/types.ts';
import type { ReportEvent } from '../../src/lib/core/report.ts';
import type { RowToolRequest } from '../../src/lib/data/convert/row-tool.ts';
import { openInput } from '../../src/lib/data/open-input.ts';
import type { TableRequest, Value } from '../../src/lib/data/rows.ts';
import { createTestContext } from './extension-context.ts';

export interface RowToolBench {
  /** A path in the folder. */
  at(name: string): string;
  write(name: string, data: string | Uint8Array): string;
  names(): string[];
  text(name: string): string;
  records(name: string, request?: TableRequest): Promise<Record<string, Value>[]>;
  request(input: string, more?: Partial<RowToolRequest> & { readonly standardInput?: string }): RowToolRequest;
  readonly notes: string[];
  /** What went to standard output. */
  streamed(): string;
}

/** A fresh folder for each test, and what the commands hand to the row tools. */
export function useRowTools(config: Partial<Project['config']> = {}): RowToolBench {
  let folder = '';
  let pieces: Buffer[] = [];
  const notes: string[] = [];
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-rows-'));
    notes.length = 0;
    pieces = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  const report = (event: ReportEvent) => {
    if (event.type === 'note') notes.push(event.message);
  };
  const at = (name: string) => path.join(folder, name);
  const bench: RowToolBench = {
    at,
    notes,
    write(name, data) {
      fs.writeFileSync(at(name), data);
      return at(name);
    },
    names: () => fs.readdirSync(folder).sort(),
    text: name => fs.readFileSync(at(name), 'utf8'),
    async records(name, request = {}) {
      const { table } = await openInput(at(name), { needsRecords: true, ...request }, bench.request(at(name)));
      const columns = table.layout.type === 'csv' ? table.layout.columns : [];
      const records: Record<string, Value>[] = [];
      for await (const batch of table.batches(columns, new AbortController().signal)) {
        for (let row = 0; row < batch.rows; row++) records.push({ ...batch.record(row) });
      }
      return records;
    },
    request: (input, { standardInput = '', ...more } = {}) => ({
      ...createTestContext({ input: standardInput, cwd: folder, report }),
      platform: process.platform,
      input,
      to: undefined,
      textColumn: undefined,
      labelColumn: undefined,
      header: undefined,
      force: false,
      dryRun: false,
      loadProject: async () => ({ config: { profiles: {}, ...config }, profile: 'default' }) as unknown as Project,
      stream: async bytes => {
        pieces.push(Buffer.from(bytes));
      },
      ...more,
    }),
    streamed: () => Buffer.concat(pieces).toString(),
  };
  return bench;
}
