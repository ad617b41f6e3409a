import { beforeAll, describe, expect, it } from 'vitest';
import { installTarball } from '../helpers/pack.ts';
import { runCli } from '../helpers/run-cli.ts';

let bin: string;

beforeAll(async () => {
  bin = (await installTarball()).bin;
});

const show = async (line: string, from: 'dev' | 'installed' = 'installed', env: Record<string, string> = {}) => {
  const args = line === '' ? [] : line.split(' ');
  const { stdout, code } = await runCli(args, { bin: from === 'dev' ? 'dev' : { file: bin }, env });
  expect(code).toBe(0);
  return stdout;
};

describe('help', () => {
  it('of sentops says where to begin, what there is and what the exit codes mean', async () => {
    const text = await show('');
    expect(text).toMatch(/^sentops \d+\.\d+\.\d+ - /);
    for (const heading of ['USAGE', 'FIRST STEPS', 'PROJECT', 'EXTENSIONS', 'ABOUT SENTOPS', 'EXIT CODES'])
      expect(text).toContain(`\n${heading}\n`);
    expect(text).toMatch(/130 interrupted/);
    expect(text).toMatch(/^ {2}config +\S/m);
  });

  it('fits into 80 columns on every page, but for examples: a command line is one line', async () => {
    const { items } = JSON.parse(await show('commands --json')) as { items: { id: string; pluginName: string }[] };
    for (const { id, pluginName } of items) {
      if (pluginName !== 'sentops') continue;
      const tooLong = (await show(`${id} --help`))
        .split('\n')
        .filter(line => line.length > 80 && !/\bsentops /.test(line));
      expect({ id, tooLong }).toEqual({ id, tooLong: [] });
    }
  });

  it('of a command names its own flags first and the global ones last, in short', async () => {
    const text = await show('doctor --help');
    const at = (heading: string) => text.indexOf(`\n${heading}\n`);
    expect(text).toContain('[GLOBAL FLAGS]');
    expect(text.slice(at('USAGE'), at('FLAGS'))).not.toContain('--log-format');
    expect(at('FLAGS')).toBeGreaterThan(0);
    expect(at('EXAMPLES')).toBeGreaterThan(at('FLAGS'));
    expect(at('GLOBAL FLAGS')).toBeGreaterThan(at('EXAMPLES'));
    expect(text.slice(at('GLOBAL FLAGS'))).toMatch(/--backend\s+local\|spark\|dataproc\|serverless:/);
  });

  it('is the same from the sources and from the package', async () => {
    for (const line of ['', 'config', 'doctor --help', 'help version'])
      expect(await show(line, 'dev')).toBe(await show(line));
  });

  it('can be asked for with the words in front, behind, short and by the plural of a topic', async () => {
    const text = await show('config show --help');
    for (const line of ['help config show', '--help config show', 'config show -h', 'configs show --help'])
      expect(await show(line)).toBe(text);
  });

  it('is wrapped for a narrow terminal by the framework, and has no colour in a pipe', async () => {
    expect(await show('doctor --help', 'installed', { NO_COLOR: '1' })).not.toContain('\u001b');
    expect(await show('doctor --help', 'installed', { FORCE_COLOR: '1', TERM: 'xterm' })).toContain('\u001b[1mUSAGE');
  });
});

describe('the list of commands', () => {
  it('has everything that a script needs to know about a command', async () => {
    const { items, nextPageToken } = JSON.parse(await show('commands --json')) as {
      items: Record<string, unknown>[];
      nextPageToken: unknown;
    };
    expect(nextPageToken).toBeNull();
    const entry = items.find(item => item['id'] === 'config show');
    expect(entry).toMatchObject({ topic: 'config', hidden: false, pluginName: 'sentops', aliases: [] });
    expect(entry?.['flags']).toContain('json');
    expect(items.some(item => item['pluginName'] === '@oclif/plugin-plugins')).toBe(true);
  });
});
