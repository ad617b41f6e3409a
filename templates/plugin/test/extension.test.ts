import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExtension } from 'sentops/plugin';
import create from '../src/extensions/{{kind}}.ts';

test('the {{title}} keeps the contract', async () => {
  const report = await checkExtension('{{kind}}', create);
  assert.deepEqual(report.steps.filter(step => step.status === 'fail'), []);
});
