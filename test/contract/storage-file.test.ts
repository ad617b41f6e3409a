import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import createFileStorage from '../../src/lib/storage/file/storage.ts';
import type { Storage } from '../../src/lib/storage/types.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { fresh } from './storage/opened.ts';
import { describeStorage } from './storage/suite.ts';

let folder: string;
let storage: Storage;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-storage-'));
  storage = await createFileStorage({}, createTestContext({ cwd: folder }));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Below the folder that holds the buckets of a project without a cloud. */
const below = (start: string) => ({
  storage,
  root: `${start}${fresh('root')}/`,
  newBucket: `${start}.sentops/buckets/${fresh('bucket')}`,
});
const lacking = { bucketSettings: true };

describeStorage('a folder, by paths', () => below(`${folder}/`), lacking);
describeStorage('a folder, by relative paths', () => below(''), { ...lacking, bucketLists: true });
describeStorage('a folder, by URLs', () => below(`${pathToFileURL(folder).href}/`), { ...lacking, bucketLists: true });
