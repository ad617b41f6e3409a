/** Unpacks an archive as `dataset download --unzip` does, for bench/transfer.ts: archive, folder. */
import { extractArchive } from '../src/lib/data/archive/extract-archive.ts';

const [archive = '', into = ''] = process.argv.slice(2);
const files = await extractArchive(archive, into, { signal: new AbortController().signal });
console.log(JSON.stringify(files));
