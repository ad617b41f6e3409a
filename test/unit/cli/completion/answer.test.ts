import { describe, expect, test } from 'vitest';
import { answer } from '../../../../src/cli/completion/answer.ts';

const target = { name: 'target', type: 'option', summary: 'Target to use' };
const commands = [{ id: 'config:show', summary: 'Show it', flags: { target }, args: {} }] as unknown as Parameters<
  typeof answer
>[2];

async function offer(shell: string, given: readonly string[], names: readonly string[]): Promise<string[]> {
  const lookUp = async () => names.map(value => ({ value, description: '' }));
  const { candidates } = await answer(shell, given, commands, lookUp);
  return candidates.map(({ value }) => value);
}

describe('names of a project file on the way to a shell', () => {
  test('bash once got a name with $(…) as it was, and would have run it at the next Enter', async () => {
    const names = ['$(touch x)', 'two words', 'plain-1.2', 'größe'];
    expect(await offer('bash', ['sentops config show --target ', '='], names)).toEqual([
      '\\$\\(touch\\ x\\)',
      'two\\ words',
      'plain-1.2',
      'größe',
    ]);
  });

  test('zsh and fish quote by themselves and get the name as it is', async () => {
    for (const shell of ['zsh', 'fish'])
      expect(await offer(shell, ['sentops', 'config', 'show', '--target', ''], ['two words'])).toEqual(['two words']);
  });

  test('a name with a line break once became an order to the script', async () => {
    expect(await offer('fish', ['sentops', 'config', 'show', '--target', ''], ['a\n\tfiles', 'b'])).toEqual(['b']);
  });
});
