import assert from 'node:assert/strict';
import { test } from 'node:test';
import {{className}} from '../src/commands/{{name}}.ts';

test('the command greets', async () => {
  assert.deepEqual(await {{className}}.run(['Ada'], import.meta.url), { greeting: 'Hello, Ada!' });
});
