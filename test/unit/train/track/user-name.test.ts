import os from 'node:os';
import { expect, test } from 'vitest';
import { userName } from '../../../../src/lib/train/track/user-name.ts';

test.each([
  [{ LOGNAME: 'ada', USER: 'bob' }, 'ada'],
  [{ LOGNAME: '', USER: 'bob', USERNAME: 'cy' }, 'bob'],
  [{ USERNAME: 'cy' }, 'cy'],
  [{}, os.userInfo().username],
])('%j is %s, as Python looks for it', (env, name) => {
  expect(userName(env)).toBe(name);
});
