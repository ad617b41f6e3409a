/** Starts the commands of this folder as a program of its own: the real base class in a real process. */
import path from 'node:path';
import { execute } from '@oclif/core/execute';

const root = path.resolve(import.meta.dirname, '../../..');
const pjson = {
  name: 'shell',
  version: '1.2.3',
  oclif: {
    bin: 'shell',
    commands: { strategy: 'explicit', target: './test/helpers/shell/commands.ts', identifier: 'COMMANDS' },
    topicSeparator: ' ',
  },
};
await execute({ loadOptions: { root, pjson: pjson as never, ignoreManifest: true } });
