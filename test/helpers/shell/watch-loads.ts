/** Given to node by --import: writes the path of every module that is loaded to the file named by SHELL_LOADS. */
import fs from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const target = process.env['SHELL_LOADS'] ?? '';
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) fs.appendFileSync(target, `${fileURLToPath(url)}\n`);
    return next(url, context);
  },
});
