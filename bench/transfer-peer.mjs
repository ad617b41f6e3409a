/**
 * What Google's Node.js client does, timed for bench/transfer.ts as a whole process. Words: the module of the client,
 * the server, then as bench/transfer-peer.py has them.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [module = '', apiEndpoint = '', verb, ...words] = process.argv.slice(2);
const require = createRequire(`${module}/`);
const { Storage, TransferManager } = require('@google-cloud/storage');
const { PassThroughClient } = require('google-auth-library');

// The client would take the variable for a server without the path of the API.
delete process.env.STORAGE_EMULATOR_HOST;
const storage = new Storage({ apiEndpoint, projectId: 'bench', authClient: new PassThroughClient() });

const VERBS = {
  up: ([file, bucket, name]) => storage.bucket(bucket).upload(file, { destination: name, validation: 'crc32c' }),
  down: ([bucket, name, file]) =>
    storage.bucket(bucket).file(name).download({ destination: file, validation: 'crc32c' }),
  'up-many': ([folder, bucket, prefix]) => {
    const files = fs.readdirSync(folder).map(name => path.join(folder, name));
    return new TransferManager(storage.bucket(bucket)).uploadManyFiles(files, {
      concurrencyLimit: 16,
      customDestinationBuilder: file => `${prefix}/${path.basename(file)}`,
      passthroughOptions: { resumable: false, validation: 'crc32c' },
    });
  },
  'down-many': async ([bucket, prefix, folder]) => {
    const [files] = await storage.bucket(bucket).getFiles({ prefix: `${prefix}/` });
    await new TransferManager(storage.bucket(bucket)).downloadManyFiles(files, {
      concurrencyLimit: 16,
      passthroughOptions: { validation: 'crc32c', destination: folder },
    });
  },
};

const work = VERBS[verb];
if (work === undefined) throw new Error(`unknown: ${verb}`);
await work(words);
