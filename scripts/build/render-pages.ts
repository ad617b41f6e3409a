/**
 * Run as a process of its own, once without and once with colour, for the framework decides that when it is loaded:
 * renders the help of every id on the command line and prints one JSON object id → text.
 */
import { Config } from '@oclif/core';
import { loadHelpClass } from '@oclif/core/help';

const [root = '', ...ids] = process.argv.slice(2);

/** A fresh configuration per page: rendering one changes ids in it, and the next would come out wrong. */
async function renderPage(id: string): Promise<string> {
  const config = await Config.load({ root });
  const Help = await loadHelpClass(config);
  const help = new Help(config, config.pjson.oclif.helpOptions);
  const lines: string[] = [];
  const log = console.log;
  console.log = (text = '') => void lines.push(`${text}\n`);
  try {
    await help.showHelp(id === '' ? [] : [id]);
  } finally {
    console.log = log;
  }
  return lines.join('');
}

const pages: Record<string, string> = {};
for (const id of ids) pages[id] = await renderPage(id);
process.stdout.write(JSON.stringify(pages));
