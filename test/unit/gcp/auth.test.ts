import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { accessToken } from '../../../src/lib/gcp/auth.ts';

function keyfile(content: string): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-key-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'key.json');
  fs.writeFileSync(file, content);
  return file;
}

describe('a Google access token', () => {
  test('from a key file that is not there is an error that names the file and the way out', async () => {
    await expect(accessToken(undefined, { keyfile: '/nonexistent/key.json' })).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      exit: 4,
      message: expect.stringContaining('no Google access token from /nonexistent/key.json'),
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
  });

  test.each(['{}', 'no json', '{"type":"service_account","client_email":"a@example.com","private_key":"broken"}'])(
    'from a key file with %s is refused without showing what it holds',
    async content => {
      const error = await accessToken(undefined, { keyfile: keyfile(content) }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'AUTH_FAILED' });
      expect(String(error)).not.toContain('broken');
    },
  );
});
