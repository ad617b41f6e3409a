import { registerChecks } from '../doctor/register.ts';
import { defineExtensions } from './define.ts';

/** What comes with sentops, registered by the call that a plugin uses. Nothing is loaded before it is asked for. */
export const builtin = defineExtensions(api => {
  registerChecks(api);
  api.register('stream-source', 'lines', () => import('../stream/sources/lines.ts'), {
    summary: 'standard input or a file, one JSON object or one text per line',
  });
  api.register('stream-sink', 'jsonl', () => import('../stream/sinks/jsonl.ts'), {
    summary: 'a file with one JSON object per line',
  });
  api.register('stream-sink', 'stdout', () => import('../stream/sinks/stdout.ts'), {
    summary: 'standard output, one JSON object per line',
  });
});
