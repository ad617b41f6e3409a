import { countWords } from './canonical-words.ts';
import type { StartTable } from './table.ts';

const HELP_FLAGS = ['--help', '-h'];

/** The id of the help page that a command line asks for, '' for the root; undefined where it asks for none. */
export function wantedPage(argv: readonly string[], table: StartTable): string | undefined {
  if (argv.length === 0) return '';
  if (argv[0] === 'help' && countWords(argv) === argv.length) return wantedPage([...argv.slice(1), '--help'], table);
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  if (!own.some(arg => HELP_FLAGS.includes(arg))) return isTopic(argv, table) ? argv.join(':') : undefined;
  const words = own.filter(arg => !HELP_FLAGS.includes(arg));
  if (words.length === 0) return '';
  const count = countWords(words);
  for (let length = count; length > 0; length--) {
    const id = words.slice(0, length).join(':');
    if (Object.hasOwn(table.pages.plain, id)) return length === count || table.commands[id]?.args ? id : undefined;
  }
  return undefined;
}

/** The built-in command that a command line names; undefined where there is none or more words than it takes. */
export function wantedCommand(argv: readonly string[], table: StartTable): { id: string; more: boolean } | undefined {
  const end = argv.indexOf('--');
  if ((end === -1 ? argv : argv.slice(0, end)).some(arg => HELP_FLAGS.includes(arg))) return undefined;
  const count = countWords(argv);
  for (let length = count; length > 0; length--) {
    const id = argv.slice(0, length).join(':');
    const command = Object.hasOwn(table.commands, id) ? table.commands[id] : undefined;
    if (!command) continue;
    const more = count > length;
    return command.catalog || (more && !command.args) ? undefined : { id, more };
  }
  return undefined;
}

/** A topic alone is answered with its help, unless a command has the same name. */
function isTopic(argv: readonly string[], table: StartTable): boolean {
  const id = argv.join(':');
  return id !== '' && Object.hasOwn(table.pages.plain, id) && !Object.hasOwn(table.commands, id);
}
