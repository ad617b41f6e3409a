import path from 'node:path';
import { isUri } from '../core/is-uri.ts';
import { orAbort } from '../core/or-abort.ts';
import type { World } from '../extend/world.ts';
import type { StorageProject, Storages } from '../storage/open-storage.ts';
import { openSource } from './open-source.ts';
import { openTable } from './open-table.ts';
import type { Layout, Table, TableRequest } from './rows.ts';

/** A file of rows, looked at but not yet read. */
export interface Input {
  readonly location: string;
  readonly table: Table;
  /** Opens it once more from the beginning; null for what can be read only once. */
  readonly again: (() => Promise<Table>) | null;
  /** Its layout in a sentence. */
  describe(): string;
}

/** Where the project is known, storage is reached as it says. */
export interface InputWorld extends World {
  loadProject?(sections: readonly string[]): Promise<StorageProject>;
}

export async function openInput(location: string, request: TableRequest, world: InputWorld): Promise<Input> {
  const storages = openOnce(world);
  const source = await openSource(location, {
    cwd: world.cwd,
    stdin: world.stdin as AsyncIterable<Uint8Array>,
    signal: world.signal,
    storage: async () => (await storages()).at(location),
  });
  const table = await orAbort(openTable(source, request), world.signal);
  return {
    location: source.name,
    table,
    again: source.repeatable ? () => orAbort(openTable(source, request), world.signal) : null,
    describe: () => describeLayout(table.layout),
  };
}

function openOnce(world: InputWorld): () => Promise<Storages> {
  let opened: Promise<Storages> | undefined;
  const open = async () => {
    const { openStorages } = await import('../storage/open-storage.ts');
    return openStorages(await world.loadProject?.(['storage', 'profiles', 'cluster']), world);
  };
  return () => {
    opened ??= open();
    return opened;
  };
}

const ENCODINGS = { utf8: 'UTF-8', latin1: 'Latin-1', utf16le: 'UTF-16' } as const;

function describeLayout({
  type,
  compression,
  encoding,
  header,
  delimiter,
  known,
  textColumn,
  labelColumn,
}: Layout): string {
  const parts = [
    type === 'csv'
      ? `CSV${delimiter === ',' ? '' : delimiter === '' ? ' of one column' : ` separated by ${JSON.stringify(delimiter)}`}`
      : type === 'jsonl'
        ? 'JSON lines'
        : 'Parquet',
    ...(compression === 'none' ? [] : [compression]),
    ...(type === 'parquet' ? [] : [ENCODINGS[encoding]]),
    ...(type === 'csv' ? [header ? 'with a header' : 'without a header'] : []),
    ...(known === 'sentiment140' ? ['the six columns of Sentiment140'] : []),
  ];
  return `${parts.join(', ')}; text in ${textColumn}${labelColumn === null ? '' : `, label in ${labelColumn}`}`;
}

/** How a location is told in a report: a file by its name, so that no path of this machine is written down. */
export function shortName(location: string): string {
  return isUri(location) ? location : path.basename(location);
}
